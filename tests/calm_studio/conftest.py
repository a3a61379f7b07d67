"""A real window on the windowless platform, with the real session and player, a sine for a model and no sound card."""

import os
from functools import partial

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import platformdirs
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from calm_studio import theme
from calm_studio.app import App
from engine.again import generate_rows
from engine.ahead import work_ahead
from engine.playback import Player
from engine.session import Session
from engine.sinks import NullSink
from engine.weights import random_model
from tests.calm_studio.fakes import drop, paced, repeating, write_groove
from tests.engine import fakes

PATIENCE = 60_000  # milliseconds: nothing takes that long, but a busy machine may rest for many seconds


@pytest.fixture(autouse=True)
def a_config_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_config_path", lambda app, **_: tmp_path / "config" / app)


@pytest.fixture
def qtbot(qtbot):
    """pytest-qt's, as patient everywhere."""
    qtbot.waitUntil = partial(qtbot.waitUntil, timeout=PATIENCE)
    return qtbot


@pytest.fixture
def dressed(qapp):
    """Qt with the app's style."""
    if not qapp.styleSheet():
        theme.apply(qapp)
    return qapp


@pytest.fixture
def start(qtbot, dressed, tmp_path):
    """Start the app as many times as wanted; `start(load, generate)`, None for the real generator."""
    apps = []

    def start(load=fakes.load, generate=paced) -> App:
        session = Session(load, generate_rows, work_ahead) if generate is None else Session(load, fakes.each(generate))
        app = App(session, Player(NullSink), tmp_path / "Music", tmp_path / "songs", tmp_path / "projects")
        apps.append(app)
        app.window.show()
        qtbot.waitExposed(app.window)
        return app

    yield start
    for app in apps:
        app.close()
        app.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def app(start):
    return start()


@pytest.fixture
def grooving(start, qtbot, tmp_path):
    """The app with eight seconds of music at 120 bpm on its shelf, heard; takes go on in the same way."""
    app = start(generate=repeating)
    drop(app.window, write_groove(tmp_path / "groove.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.length.set_seconds(4.0)
    return app


@pytest.fixture
def make(qtbot):
    """`make(app)` presses Continue and waits for the whole take, whose lane it returns."""

    def make(app, press=None):
        before = {lane.take.id for lane in app.state.lanes}
        (press or app.window.controls.continue_button.click)()
        qtbot.waitUntil(lambda: {lane.take.id for lane in app.state.lanes} > before and app.state.writing is None)
        return app.state.lane

    return make


@pytest.fixture
def save(qtbot):
    """`save(app, path)` presses Save, chooses the place, and waits until the banner says what came of it."""

    def save(app, path):
        app.window.export_sheet.save.click()
        dialog = app.window.findChild(QFileDialog)
        dialog.fileSelected.emit(str(path))
        dialog.close()
        qtbot.waitUntil(lambda: app.window.banner.isVisible())
        return app.window.banner.text.text()

    return save


@pytest.fixture
def lane(grooving, qtbot):
    qtbot.waitUntil(lambda: len(grooving.window.timeline.sheet.row.song.bar_lines()) == 3)
    return grooving.window.timeline.sheet


@pytest.fixture
def writing(start, qtbot, tmp_path):
    """The app with the tiny model, which writes a long take that nobody hears."""
    app = start(lambda progress: random_model("tiny"), None)
    app.making._deck.play = lambda state: None
    drop(app.window, write_groove(tmp_path / "groove.wav", seconds=6.0))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.length.set_seconds(300.0)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: app.state.lane is not None and app.state.lane.growth is not None)
    yield app
    app.making.stop()
