"""A real window on the windowless platform, with the real session and player, a sine for a model and no sound card."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from calm_studio import theme
from calm_studio.app import App
from engine.playback import Player
from engine.session import Session
from engine.sinks import NullSink
from tests.calm_studio.fakes import paced
from tests.engine import fakes


@pytest.fixture
def dressed(qapp):
    """Qt with the app's style."""
    if not qapp.styleSheet():
        theme.apply(qapp)
    return qapp


@pytest.fixture
def start(qtbot, dressed, tmp_path):
    """Start the app as many times as wanted; `start(load, generate)`."""
    apps = []

    def start(load=fakes.load, generate=paced) -> App:
        app = App(Session(load, generate), Player(NullSink), tmp_path / "Music")
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
