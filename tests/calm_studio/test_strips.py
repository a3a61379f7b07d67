"""Edited moves by mouse and keyboard, and the take made again with them."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from calm_studio.moves import points_of
from calm_studio.requests import recipe_for
from calm_studio.timeline.line_editor import LineEditor
from engine.recipe import sound_hash
from engine.replay import render
from engine.weights import random_model
from tests.calm_studio.fakes import drop, press, write_clip, write_groove

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def made(app, make, qtbot, tmp_path):
    """A finished take of two seconds, 50 frames, after a second of prompt; nobody listens."""
    app.making._deck.play = lambda state: None
    drop(app.window, write_clip(tmp_path / "riff.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.window.controls.length.set_seconds(2.0)
    make(app)
    strip = app.window.timeline.automation.temperature
    qtbot.waitUntil(lambda: strip.editable and strip.clock.count == 50)
    return app


@pytest.fixture
def strip(made):
    return made.window.timeline.automation.temperature


def at(strip, frame, value) -> QPoint:
    return QPoint(round(strip.x(frame)), round(strip.y(value)))


def points(app, strip):
    lane = app.state.lane
    return points_of(lane.moves or lane.take.history.changes, strip.knob)


def test_a_click_puts_a_point_a_drag_moves_it_and_a_double_click_takes_it_away(made, strip):
    QTest.mouseClick(strip, LEFT, pos=at(strip, 20, 1.5))
    assert points(made, strip) == ((0, 1.4), (20, pytest.approx(1.5, abs=0.03)))
    assert strip.chosen == {20}
    QTest.mousePress(strip, LEFT, pos=at(strip, 20, 1.5))
    QTest.mouseMove(strip, at(strip, 24, 1.2))
    QTest.mouseMove(strip, at(strip, 30, 0.4))
    QTest.mouseRelease(strip, LEFT, pos=at(strip, 30, 0.4))
    assert points(made, strip) == ((0, 1.4), (30, pytest.approx(0.4, abs=0.03)))
    made.undoing.undo()
    assert points(made, strip)[1][0] == 20, "a drag is one edit"
    made.undoing.redo()
    QTest.mouseDClick(strip, LEFT, pos=at(strip, 30, 0.4))
    assert points(made, strip) == ((0, 1.4),) and made.state.lane.moves is None


def test_what_a_drag_passes_is_chosen_and_erased(made, strip):
    for frame in (10, 20, 40):
        QTest.mouseClick(strip, LEFT, pos=at(strip, frame, 0.2 + frame / 30))
    QTest.mousePress(strip, LEFT, pos=at(strip, 7, 1.9))
    QTest.mouseMove(strip, at(strip, 15, 1.9))
    QTest.mouseMove(strip, at(strip, 26, 1.9))
    QTest.mouseRelease(strip, LEFT, pos=at(strip, 26, 1.9))
    assert strip.chosen == {10, 20}
    strip.setFocus()
    press(made, Qt.Key.Key_Delete)
    assert [frame for frame, _ in points(made, strip)] == [0, 40]
    press(made, Qt.Key.Key_Delete)
    assert len(made.state.lanes) == 1, "in a strip Delete takes no take away"


def test_by_keyboard_alone(made, strip):
    strip.setFocus()
    press(made, Qt.Key.Key_Insert)
    assert points(made, strip) == ((0, 1.4), (25, 1.45))
    press(made, Qt.Key.Key_Right)
    press(made, Qt.Key.Key_Up)
    assert points(made, strip) == ((0, 1.4), (26, 1.5))
    press(made, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert strip.chosen == {0}
    press(made, Qt.Key.Key_Down)
    assert points(made, strip)[0] == (0, 1.35)
    press(made, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    press(made, Qt.Key.Key_Return)
    editor = strip.findChild(LineEditor)
    editor.setText("1,7")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert points(made, strip)[1] == (26, 1.7)
    assert [each for each in strip.findChildren(LineEditor) if not each.isHidden()] == [], "Enter opens no other field"
    strip._on_typed(26, "hot")
    assert points(made, strip)[1] == (26, 1.7)


def test_other_knobs_are_shown_when_they_are_asked_for(made):
    automation = made.window.timeline.automation
    assert automation.steps.isHidden() and not automation.again.isVisible()
    automation.shown[automation.steps].click()
    assert automation.steps.isVisible() and automation.shown[automation.steps].isHidden()
    QTest.mouseClick(automation.steps, LEFT, pos=at(automation.steps, 20, 16))
    (_, controls) = made.state.lane.moves[1]
    assert controls.steps == pytest.approx(16, abs=2) and type(controls.steps) is int
    assert automation.again.isVisible()
    automation.as_it_was.click()
    assert made.state.lane.moves is None and not automation.again.isVisible()


def test_while_it_is_written_nothing_is_edited(made, strip):
    made.state.lane.take.state = "writing"
    QTest.mouseClick(strip, LEFT, pos=at(strip, 20, 1.5))
    made.state.lane.take.state = "finished"
    assert made.state.lane.moves is None


def test_it_is_made_again_with_these_moves(start, make, qtbot, tmp_path):
    """By the tiny model: the same until the first edited frame, and its own recipe makes it once more."""
    app = start(lambda progress: random_model("tiny"), None)
    app.making._deck.play = lambda state: None
    drop(app.window, write_groove(tmp_path / "groove.wav", seconds=3.0))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.length.set_seconds(1.0)
    first = make(app)
    strip = app.window.timeline.automation.temperature
    qtbot.waitUntil(lambda: strip.editable)
    controls = first.take.history.changes[0][1]
    strip.edited.emit(((0, controls), (12, replace(controls, temperature=1.6))), False)
    edited = app.state.lane.moves
    make(app, app.window.timeline.automation.again.click)
    again = app.state.lanes[0]
    assert again.take.history.changes == edited and again.note == "A again with other moves"
    assert app.state.chosen == first.take.id, "what is heard stays"
    border = again.take.borders[12]
    assert np.array_equal(again.take.samples[:, :border], first.take.samples[:, :border])
    assert not np.array_equal(again.take.samples, first.take.samples)
    recipe = recipe_for(again, again.take, app._session.info)
    same = render(random_model("tiny"), recipe, again.take.request.prompt, lambda *at: None, threading.Event())
    assert sound_hash(same.audio.samples) == recipe.sha256


def test_a_take_that_goes_back_to_its_first_frame_can_be_painted(made, strip, qtbot):
    """For a moment nothing of it is made then; the strip is told later."""
    made.state.lane.take.history.changes = ()
    with qtbot.captureExceptions() as raised:
        strip.grab()
    assert not raised
