"""What a sampler and its steps cost here, as it was measured."""

import pytest

from calm_studio import state as states
from calm_studio.sampler_picker import WORDS, SamplerPicker
from calm_studio.speeds import guessed
from calm_studio.values import State
from engine.controls import Controls
from engine.events import TakeGrew, TakeStarted
from tests.calm_studio.fakes import a_take, reduce

SLOW, FAST = Controls(), Controls(steps=1)


@pytest.fixture
def state():
    """A take whose steps were lowered at frame 30."""
    state = reduce(states.submitted(State(), [1]), TakeStarted(1, a_take()))
    history = state.lane.take.history
    history.record(0, SLOW)
    history.record(30, FAST)
    return state


def grown(state: State, frame: int, controls: Controls, speed: float) -> State:
    return reduce(state, TakeGrew(1, frame, 1_000 * frame, controls, speed))


def test_a_speed_is_known_once_all_that_it_was_measured_over_was_drawn_alike(state):
    assert grown(state, 54, FAST, 7.0).speeds == {}
    assert grown(state, 55, FAST, 8.0).speeds == {("consistency", 1): 8.0}


def test_the_latest_counts_and_others_stay(state):
    state = grown(grown(state, 55, FAST, 8.0), 60, FAST, 6.0)
    state.lane.take.history.record(61, SLOW)
    state = grown(state, 90, SLOW, 3.0)
    assert state.speeds == {("consistency", 1): 6.0, ("consistency", 4): 3.0}


def test_what_is_not_known_to_come_from_a_take_here_is_no_measurement(state):
    assert reduce(state, TakeGrew(2, 99, 99_000, FAST, 8.0)).speeds == {}


def small(picker: SamplerPicker) -> list[str]:
    return [button.accessibleName() for button in picker.segments.group.buttons()]


def test_each_segment_tells_what_it_costs_once_that_is_known(qtbot, dressed):
    picker = SamplerPicker(SLOW)
    qtbot.addWidget(picker)
    before = small(picker)
    assert before == [f"{text} {words}" for text, words in WORDS]
    picker.show_speeds({("consistency", 4): 3.91, ("trigflow", 100): 0.26})
    assert small(picker) == ["1 step ≈7.0×", "4 steps 3.9×", "100 0.3×", before[3]]
    assert "seconds of sound per second" in picker.segments.group.button(1).toolTip()
    assert "guessed" in picker.segments.group.button(0).toolTip()
    picker.show_speeds({("consistency", 4): 3.91})
    assert small(picker) == [before[0], "4 steps 3.9×", *before[2:]]
    assert picker.segments.group.button(0).toolTip() == ""


def test_the_custom_segment_tells_of_what_is_set(qtbot, dressed):
    picker = SamplerPicker(Controls(steps=8))
    qtbot.addWidget(picker)
    picker.show_speeds({("consistency", 8): 2.04})
    assert small(picker)[3] == "custom 2.0×"
    picker.show_controls(Controls(steps=9))
    picker.show_speeds({("consistency", 8): 2.04})
    assert small(picker)[3].startswith("custom 1 ")


def test_what_was_not_heard_is_guessed_from_the_two_nearest():
    speeds = {("consistency", 1): 6.0, ("consistency", 4): 5.0, ("trigflow", 100): 1.9}
    assert guessed({}, 8) is None and guessed({("consistency", 4): 5.0}, 8) is None
    assert guessed(speeds, 4) == pytest.approx(5.0)
    assert guessed(speeds, 2) == pytest.approx(1 / (1 / 6 + (1 / 5 - 1 / 6) / 3))
    assert guessed(speeds, 90) == pytest.approx(1 / (1 / 5 + (1 / 1.9 - 1 / 5) * 86 / 96))
    assert guessed({("consistency", 1): 5.0, ("consistency", 4): 6.0}, 8) is None, "more steps are never faster"
    assert guessed({("consistency", 40): 5.0, ("consistency", 41): 1.0}, 1) is None
