"""Undo and redo in the window: takes that were asked for, branches, variations and knobs."""

import numpy as np
import pytest

from calm_studio import undoing
from engine.controls import Controls
from tests.calm_studio.fakes import drop, repeating, write_clip
from tests.engine.fakes import Gated


def with_clip(app, qtbot, tmp_path):
    """The app with a clip of one second dropped on it."""
    drop(app.window, write_clip(tmp_path / "riff.wav", rate=44_100))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.window.controls.length.set_seconds(1.0)
    return app


@pytest.fixture
def ready(start, qtbot, tmp_path):
    return with_clip(start(generate=repeating), qtbot, tmp_path)


def names(app) -> list[str]:
    return [lane.called for lane in app.state.lanes]


def test_continue_goes_and_comes_with_what_was_made(ready, make, qtbot):
    take = make(ready).take
    sound = take.audio.samples.copy()
    ready.undoing.undo()
    assert ready.state.lanes == ()
    assert ready.state.chosen is None
    ready.undoing.redo()
    assert ready.state.lane.take is take
    assert np.array_equal(take.audio.samples, sound)
    qtbot.waitUntil(lambda: ready.state.lane.growth is not None)


def test_undo_in_the_middle_stops_the_writer_and_the_sound(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    gated.let(8)
    qtbot.waitUntil(lambda: bool(app.state.lanes) and app.state.lane.take.playhead is not None)
    take = app.state.lane.take
    app.undoing.undo()
    qtbot.waitUntil(lambda: take.state == "stopped")
    qtbot.waitUntil(lambda: take.playhead is None)
    app.undoing.redo()
    assert app.state.lane.take is take
    assert len(take.borders) >= 8


def test_what_still_waits_is_taken_off(start, qtbot, tmp_path):
    app = with_clip(start(generate=Gated()), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: bool(app.state.lanes))
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: bool(app.state.waiting))
    app.undoing.undo()
    assert (app.state.waiting, names(app)) == ((), ["Take A"])
    app.undoing.redo()
    assert names(app) == ["Take A"], "nothing was made of it"


def test_variations_are_one_edit_and_come_back_in_their_order(ready, make):
    ready.window.controls.variations.group.button(2).click()
    make(ready)
    assert names(ready) == ["Take A", "Take B", "Take C"]
    ready.undoing.undo()
    assert names(ready) == []
    ready.undoing.redo()
    assert names(ready) == ["Take A", "Take B", "Take C"]
    assert [lane.variation.number for lane in ready.state.lanes] == [1, 2, 3]


def test_edits_between_are_undone_in_their_order(ready, make):
    first = make(ready)
    ready.editing.star()
    branch = make(ready, lambda: ready.making.branch(first.take.id, 1.5))
    ready.window.timeline.lanes[branch.take.id].titled.emit("Bridge")
    looks = []
    for _ in range(4):
        looks.append((names(ready), [lane.marks.starred for lane in ready.state.lanes]))
        ready.undoing.undo()
    assert looks == [
        (["Bridge", "Take A"], [False, True]),
        (["Take B", "Take A"], [False, True]),
        (["Take A"], [True]),
        (["Take A"], [False]),
    ]
    assert names(ready) == []
    for _ in range(4):
        ready.undoing.redo()
    assert (names(ready), [lane.marks.starred for lane in ready.state.lanes]) == looks[0]
    assert ready.state.lanes[0].branch.take_id == first.take.id


def test_scores_that_came_after_an_edit_are_not_lost_by_it(ready, make, qtbot):
    ready.window.controls.length.set_seconds(2.5)
    make(ready)
    qtbot.waitUntil(lambda: ready.state.lane.scores is not None)
    scores = ready.state.lane.scores
    ready.undoing.undo()
    ready.undoing.redo()
    assert ready.state.lane.scores is scores


def turn(app, *temperatures: int) -> None:
    for hundredths in temperatures:
        app.window.controls.temperature.track.setValue(hundredths)


def test_the_moves_of_one_knob_are_one_edit_and_those_of_another_are_not(ready, monkeypatch):
    monkeypatch.setattr(undoing, "GESTURE", 1000.0)
    panel, start = ready.window.controls, Controls()
    turn(ready, 90, 100, 110)
    panel.steps.track.setValue(panel.steps.track.value() + 5)
    steps = ready.state.controls.steps
    assert steps != start.steps
    ready.undoing.undo()
    assert (ready.state.controls.temperature, panel.settings.controls.steps) == (1.1, start.steps)
    ready.undoing.undo()
    assert panel.settings.controls == ready.state.controls == start
    assert panel.temperature.label.text() == "1.40"
    ready.undoing.redo()
    ready.undoing.redo()
    assert (ready.state.controls.temperature, ready.state.controls.steps) == (1.1, steps)


def test_after_a_rest_the_same_knob_is_another_edit(ready, monkeypatch):
    monkeypatch.setattr(undoing, "GESTURE", -1.0)
    turn(ready, 90, 100)
    ready.undoing.undo()
    assert ready.state.controls.temperature == 0.9


def test_a_knob_that_goes_back_is_heard_in_the_take_that_is_written(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    gated.let(2)
    qtbot.waitUntil(lambda: bool(app.state.lanes) and len(app.state.lane.take.borders) == 2)
    take = app.state.lane.take
    for step, temperature in ((lambda: turn(app, 130), 1.3), (app.undoing.undo, 1.4), (app.undoing.redo, 1.3)):
        step()
        gated.let(2)
        qtbot.waitUntil(lambda wanted=temperature: take.history.changes[-1][1].temperature == wanted)


def test_a_new_project_has_nothing_to_undo(ready, make, qtbot):
    make(ready)
    ready.projects.keeping.new()
    qtbot.waitUntil(lambda: not ready.state.lanes)
    ready.undoing.undo()
    assert ready.state.lanes == ()
