"""The part that is marked: no Qt, no threads."""

from dataclasses import replace

import numpy as np
import pytest

from calm_studio import selecting
from calm_studio import state as states
from calm_studio.values import Lane, Selection, State
from engine.audio import Audio
from engine.music.heard import Heard
from engine.music.leadsheet import Grid, LeadSheet
from engine.request import Prompt
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import a_prompt, tone

HEARD = Heard(120.0, (0.0, 0.5), 4, 0, 0.99, None, 0.0, ())


@pytest.fixture
def state():
    """A take of 1.4 s of which 1.2 s are written, and a clip of 4 s; the cursor at 0.5."""
    take = a_take(seconds=0.4)
    take.append(tone(0.2))
    state = states.add_lane(states.add_clip(State(), states.clip_of(a_prompt(4.0))), Lane("", take))
    return states.seek(state, take.id, 0.5)


def span(state: State) -> tuple[float, float] | None:
    return state.selection and (state.selection.start, state.selection.stop)


@pytest.mark.parametrize(("drag", "marked"), [((1.0, 2.0), (1, 2)), ((2.0, 1.0), (1, 2)), ((0.5, -3.0), (0, 0.5))])
def test_a_drag_marks_either_way_and_never_before_the_start(state, drag, marked):
    assert span(selecting.select(state, *drag)) == marked


def test_next_to_nothing_marks_nothing_and_it_can_be_cleared(state):
    assert selecting.select(state, 1.0, 1.001).selection is None
    assert selecting.clear(selecting.select(state, 1.0, 2.0)).selection is None


def test_it_is_extended_from_where_it_began_or_from_the_cursor(state):
    extended = selecting.extend(state, 1.0)
    assert span(extended) == (0.5, 1.0)
    assert span(selecting.extend(extended, 0.2)) == (0.2, 0.5)


def test_steps_are_beats_where_one_is_known_for_sure(state):
    assert span(selecting.extend_by_steps(state, 3)) == pytest.approx((0.5, 0.8))
    knowing = replace(state, lanes=(replace(state.lane, heard=HEARD),))
    twice = selecting.extend_by_steps(selecting.extend_by_steps(knowing, 1), 1)
    assert span(twice) == (0.5, 1.5)
    assert selecting.extend_by_steps(selecting.extend_by_steps(twice, -1), -1).selection is None
    unsure = replace(state, lanes=(replace(state.lane, heard=replace(HEARD, tempo_confidence=0.2)),))
    assert selecting.step_seconds(unsure) == selecting.STEP


def test_it_begins_and_ends_where_one_is(state):
    assert span(selecting.begin_at(state, 0.7)) == pytest.approx((0.7, 1.2)), "to the end of what is written"
    assert span(selecting.end_at(state, 0.7)) == (0.0, 0.7)
    both = selecting.end_at(selecting.begin_at(state, 0.3), 0.6)
    assert span(both) == (0.3, 0.6)
    assert span(selecting.begin_at(both, 0.9)) == pytest.approx((0.9, 1.2)), "behind its end there is a new one"
    assert span(selecting.end_at(both, 0.1)) == (0.0, 0.1)


def test_its_length_is_told_in_seconds_and_bars(state):
    marked = selecting.select(state, 0.0, 3.0)
    assert selecting.length_words(state) == ""
    assert selecting.length_words(marked) == "3.00 s"
    heard = replace(marked, lanes=(replace(state.lane, heard=HEARD),))
    assert selecting.length_words(heard) == "3.00 s \N{MIDDLE DOT} 1.5 bars"
    assert selecting.length_words(selecting.select(heard, 0.0, 2.0)) == "2.00 s \N{MIDDLE DOT} 1 bar"
    assert selecting.length_words(selecting.select(heard, 0.0, 20.0)) == "20.00 s \N{MIDDLE DOT} 10 bars"


def test_the_bars_are_those_of_the_lead_sheet_where_there_is_one(state):
    take = state.lane.take
    take.sheets.turn(0, LeadSheet((Grid(60.0, 0.0, 3),)))
    assert selecting.length_words(selecting.select(state, 0.0, 3.0)).endswith("1 bar")


def test_of_a_take_what_is_written_is_marked_in_its_own_seconds(state):
    assert selecting.marked_part(selecting.select(state, 1.0, 9.0)) == (1.0, 1.2)
    assert selecting.marked_part(selecting.select(state, 2.0, 9.0)) is None
    assert selecting.marked_part(state) is None
    late = Prompt(Audio(tone(4.0), 48_000), "late", 96_000, 144_000)
    state.lane.take.request = replace(state.lane.take.request, prompt=late)
    assert selecting.marked_part(selecting.select(state, 2.5, 3.0)) == (0.5, 1.0), "the take begins at 2 s"


def test_without_a_take_it_is_of_the_clip_s_file(state):
    clip = selecting.select(states.choose(state, None), 1.0, 9.0)
    assert selecting.marked_part(clip) is None
    assert selecting.marked_span(clip) == (48_000, 192_000)
    samples, begin, rate = selecting.marked_sound(clip)
    assert (begin, rate) == (1.0, 48_000)
    assert np.array_equal(samples, tone(4.0)[:, 48_000:])


def test_it_sounds_once_all_of_it_is_written(state):
    marked = selecting.select(state, 1.0, 1.3)
    assert selecting.marked_sound(marked) is None
    samples, begin, _ = selecting.marked_sound(selecting.select(state, 1.0, 1.2))
    assert (samples.shape[1], begin) == (9_600, 1.0)
    state.lane.take.state = "stopped"
    assert selecting.marked_sound(marked)[0].shape[1] == 9_600, "nothing more will come"


def test_a_selection_is_ordered_whichever_way_it_was_marked():
    assert (Selection(2.0, 1.0).start, Selection(2.0, 1.0).stop) == (1.0, 2.0)
