"""The governor's switch, and what the window shows of its work."""

import itertools

import pytest

from calm_studio import state as states
from calm_studio.keep_up import KeepUp
from calm_studio.values import State
from engine.controls import Controls
from engine.events import TakeGrew, TakeStarted
from engine.governor import Governor
from tests.calm_studio.fakes import a_take, drop, reduce, write_clip
from tests.engine import fakes


@pytest.fixture
def switch(qtbot, dressed):
    switch = KeepUp()
    qtbot.addWidget(switch)
    switch.told = []
    switch.changed.connect(switch.told.append)
    return switch


def test_at_first_it_keeps_up_with_one_step_as_the_least(switch):
    assert switch.governor == Governor()
    assert "does not break off" in switch.on.toolTip().replace("\n", " ")


def test_every_change_is_told(switch):
    switch.lowest.setValue(2)
    switch.on.click()
    assert switch.told == [Governor(lowest=2), Governor(on=False, lowest=2)]
    assert not switch.lowest.isEnabled()
    switch.on.click()
    assert switch.lowest.isEnabled()
    assert switch.told[-1] == Governor(lowest=2)


def test_no_number_of_steps_can_be_chosen_that_there_is_not(switch):
    for number in (0, -3, 1000):
        switch.lowest.setValue(number)
        assert switch.governor.lowest in (1, 200)


def test_the_session_is_governed_by_it(app):
    keep_up = app.window.controls.keep_up
    keep_up.lowest.setValue(3)
    assert app._session.box.governor == Governor(lowest=3)
    keep_up.on.click()
    assert not app._session.box.governor.on


def lowered(model, take, box, stop):
    """A sine that is drawn with half the steps asked for from the tenth frame on."""
    size = take.rate // fakes.FRAMES_A_SECOND
    for index in itertools.count():
        if stop.is_set():
            return
        wanted = box.get()
        controls = wanted if index < 10 else Controls(steps=2)
        take.history.record(index, controls)
        take.append(0.5 * fakes.tone(size / take.rate, take.rate))
        yield fakes.FakeFrame(index, controls, asked=wanted)
        stop.wait(0.005)


def test_while_steps_are_lowered_the_window_says_so(start, qtbot, tmp_path):
    app = start(generate=lowered)
    drop(app.window, write_clip(tmp_path / "riff.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.window.controls.length.set_seconds(60.0)
    app.window.controls.continue_button.click()
    chip = app.window.top_bar.steps
    qtbot.waitUntil(chip.isVisible)
    assert "2" in chip.text() and "lowered" in chip.text()
    assert "2 steps" in app.window.controls.in_effect.text()
    strips = app.window.timeline.automation
    assert strips.steps.isVisible()
    qtbot.waitUntil(lambda: ("consistency", 2) in app.state.speeds)
    app.making.stop()
    qtbot.waitUntil(lambda: not chip.isVisible())  # nothing is drawn any more
    assert app.state.writing is None
    assert strips.steps.isVisible(), "what was drawn stays told"


def test_listening_begins_before_a_branch_leaves_its_parent_and_not_before_the_cut():
    state = reduce(states.submitted(State(), [1]), TakeStarted(1, a_take(seconds=9.0)))
    assert states.listen_in(state, 0.25).cursor == pytest.approx(0.75)
    assert states.listen_in(state, 3.0).cursor == 0.0
    branch = states.Branch(None, "Take A", 1, 6.5, 0.0)
    state = reduce(states.submitted(state, [2], branch=branch), TakeStarted(2, a_take(seconds=9.0, take_id=2)))
    assert state.lane.begins == 6.5
    assert states.listen_in(state, 2.0).cursor == pytest.approx(4.5)


def test_a_take_that_is_made_again_comes_above_the_first_which_stays_selected():
    state = reduce(states.submitted(State(), [1]), TakeStarted(1, a_take(seconds=9.0)))
    state = reduce(states.submitted(state, [2]), TakeStarted(2, a_take(take_id=2)))
    state = states.to_be_made_again(states.choose(state, 2), 3, state.lane_of(1), "A again with 100 steps")
    state = reduce(state, TakeStarted(3, a_take(take_id=3)))
    assert [lane.take.id for lane in state.lanes] == [2, 3, 1]
    assert state.chosen == 2
    assert state.lanes[1].note == "A again with 100 steps"
    assert reduce(state, TakeGrew(3, 0, 10, Controls(), 0.3)).lane_of(3).growth.x_real_time == 0.3


def test_where_the_first_is_gone_it_comes_on_top():
    state = reduce(states.submitted(State(), [1]), TakeStarted(1, a_take()))
    state = states.to_be_made_again(state, 2, state.lane, "A again")
    state = states.replace(state, lanes=(), chosen=None)
    state = reduce(state, TakeStarted(2, a_take(take_id=2)))
    assert [lane.take.id for lane in state.lanes] == [2]
