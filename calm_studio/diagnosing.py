"""Answers what the About sheet asks, and puts on the clipboard what helps to find a fault."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from calm_studio import about
from calm_studio.bridge import Background
from calm_studio.desk import Desk


class Diagnosing(QObject):
    """Lives as long as `parent`. `log` is the file that unexpected errors are written to."""

    def __init__(self, parent: QObject, desk: Desk, log: Path):
        super().__init__(parent)
        self._desk, self._log = desk, log
        self._reading = Background("about", desk.report)
        self._sheet = desk.window.about_sheet
        self._sheet.opened.connect(self.on_opened)
        for wanted in (self._sheet.copy_wanted, desk.window.diagnostics_wanted, desk.window.banner.diagnostics_wanted):
            wanted.connect(self.copy)
        desk.window.closed.connect(self._reading.close)

    def on_opened(self) -> None:
        self._sheet.show_words(self._desk.session.info)
        self._reading.run(about.libraries, self._sheet.show_libraries)

    def copy(self) -> None:
        output = self._desk.window.transport.output.words.text()
        read = partial(about.diagnostics, self._desk.session.info, about.plain(output), self._log)
        self._reading.run(read, self._on_read)

    def _on_read(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self._desk.inform("The diagnostics are on the clipboard", "Paste them where you ask for help")
