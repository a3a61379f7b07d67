"""Does what the user prefers, and keeps it for the next start."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from calm_studio import preferences as kept
from calm_studio import theme
from calm_studio.app import App
from calm_studio.bridge import Background
from calm_studio.preferences import Preferences
from calm_studio.preferences_sheet import SHOWN
from engine.governor import Governor


class Preferring(QObject):
    """Lives as long as `app`. `folder` is where the preferences are kept, `preferences` what was found there."""

    def __init__(self, app: App, folder: Path, preferences: Preferences):
        super().__init__(app)
        self._app, self._folder, self._now = app, folder, preferences
        self._saving = Background("preferences", app.report)
        window = app.window
        self._sheet = window.preferences_sheet
        self._sheet.show_preferences(preferences)
        if preferences.geometry:
            window.restoreGeometry(QByteArray.fromHex(preferences.geometry.encode()))
        window.controls.keep_up.take_over(preferences.keep_up, preferences.buffer_seconds)
        self._sheet.changed.connect(self.on_changed)
        window.theme_wanted.connect(self.on_theme_wanted)
        window.controls.governor_changed.connect(self.on_governor_changed)
        window.closed.connect(self.close)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._dress)

    def on_changed(self, wanted: Preferences) -> None:
        before, self._now = self._now, wanted
        changed = {name: getattr(wanted, name) for name in SHOWN if getattr(wanted, name) != getattr(before, name)}
        if "theme" in changed:
            self._dress()
        if {"keep_up", "buffer_seconds"} & changed.keys():
            self._app.window.controls.keep_up.take_over(wanted.keep_up, wanted.buffer_seconds)
        if changed:
            self._saving.run(partial(kept.change, self._folder, **changed), lambda nothing: None)

    def on_theme_wanted(self, name: str) -> None:
        self._sheet.prefer(theme=name)

    def on_governor_changed(self, governor: Governor) -> None:
        """The switch was used beside the sampler."""
        self._sheet.prefer(keep_up=governor.on)

    def _dress(self) -> None:
        """Also when the system becomes dark or light, in case that is followed."""
        theme.switch(QApplication.instance(), self._now.theme)
        self._app.show_again()

    def close(self) -> None:
        """Keep where the window is."""
        QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._dress)
        place = self._app.window.saveGeometry().toHex().toStdString()
        self._saving.run(partial(kept.change, self._folder, geometry=place), lambda nothing: None)
        self._saving.finish()
