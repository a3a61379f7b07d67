"""Recording from the shelf, with a stand-in microphone; the real one is in tests/engine/test_recording.py."""

import sys

import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.calm_studio.fakes import press
from tests.engine.test_recording import Microphone, Silence

LONG = "A sound card with a name that is longer than the shelf is wide: Audio (hw:1,0)"


@pytest.fixture
def microphone(monkeypatch):
    devices = ({"name": name, "max_input_channels": count} for name, count in ((LONG, 2), ("Line", 1), ("Out", 0)))
    microphone = Microphone(*devices)
    monkeypatch.setitem(sys.modules, "sounddevice", microphone)
    return microphone


@pytest.fixture
def armed(app, qtbot, microphone):
    """The app with its panel open, and the input too."""
    QTest.mouseClick(app.window.shelf.drop_zone.record, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: app.recording._recorder is not None)
    return app


def test_a_recording_is_on_the_shelf_under_its_name(armed, qtbot, microphone, tmp_path):
    panel = armed.window.shelf.record_panel
    assert panel.isVisible() and [panel.inputs.itemText(n) for n in range(panel.inputs.count())] == [LONG, "Line"]
    assert panel.width() < armed.window.shelf.width(), "a long name makes nothing wider"
    microphone.say(0.5)
    microphone.say(0.1)
    qtbot.waitUntil(lambda: -20 < min(panel.meter._levels, default=-60) <= max(panel.meter._levels) < -6)
    assert not panel.grab().isNull()
    press(armed, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    for _ in range(100):
        microphone.say(0.25)
    qtbot.waitUntil(lambda: panel.time.text() == "Recording 0:01.0")
    assert panel.record.text() == "Stop" and not panel.inputs.isEnabled()
    QTest.mouseClick(panel.record, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: armed.state.clip is not None)
    assert armed.state.clip.prompt.name == "Recording 1"
    assert soundfile.info(tmp_path / "Music" / "Recording 1.wav").subtype == "PCM_24"
    QTest.mouseClick(panel.leave, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()
    qtbot.waitUntil(lambda: not microphone.active)


def test_another_input_is_chosen(armed, qtbot, microphone):
    panel = armed.window.shelf.record_panel
    panel.inputs.setCurrentIndex(1)
    panel.inputs.activated.emit(1)
    qtbot.waitUntil(lambda: armed.recording._recorder is not None and armed.recording._recorder.input.name == "Line")


def test_an_input_that_goes_away_keeps_what_was_recorded(armed, qtbot, microphone):
    armed.window.shelf.record_panel.record.click()
    for _ in range(60):
        microphone.say(0.25)
    microphone.active = False
    qtbot.waitUntil(lambda: armed.state.clip is not None)
    assert "The sound input is gone" in armed.window.banner.text.text()
    assert not armed.window.shelf.record_panel.isVisible()


def test_no_input_is_a_message(app, qtbot, monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", Silence())
    app.window.shelf.drop_zone.record.click()
    qtbot.waitUntil(lambda: "No microphone" in app.window.banner.text.text())
    assert not app.window.shelf.record_panel.isVisible()
    monkeypatch.setitem(sys.modules, "sounddevice", Silence({"name": "Microphone", "max_input_channels": 1}))
    app.window.shelf.drop_zone.record.click()
    qtbot.waitUntil(lambda: "Microphone cannot be opened" in app.window.banner.text.text())


def test_closing_the_window_while_recording_finishes_the_file(armed, microphone, tmp_path):
    armed.window.shelf.record_panel.record.click()
    for _ in range(60):
        microphone.say(0.25)
    armed.close()
    assert soundfile.info(tmp_path / "Music" / "Recording 1.wav").frames == 60 * 480
