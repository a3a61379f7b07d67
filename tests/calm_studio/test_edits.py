"""Marks, order and the tree of takes: no Qt, no threads."""

from dataclasses import replace

import numpy as np
import pytest

from calm_studio import edits
from calm_studio import state as states
from calm_studio.duplicating import duplicate
from calm_studio.freezing import frozen
from calm_studio.values import Branch, Lane, Marks, State
from engine.controls import Controls
from engine.music.leadsheet import LeadSheet
from engine.recipe import recipe_of
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import FakeModel, tone


@pytest.fixture
def state():
    """Takes 3, 2, 1 from the top; 3 branches off 1."""
    state = State()
    for number in (1, 2, 3):
        state = states.add_lane(state, Lane("", a_take(take_id=number)))
    branch = Branch(None, "Take A", 1, 1.0, 0.0)
    return replace(state, lanes=(replace(state.lanes[0], branch=branch), *state.lanes[1:]))


def order(state: State) -> list[int]:
    return [lane.take.id for lane in state.lanes]


@pytest.mark.parametrize(
    ("title", "called"),
    [("Chorus", "Chorus"), ("  two\nlines ", "two lines"), ("", "Take A"), ("Take A", "Take A"), ("x" * 99, "x" * 60)],
)
def test_a_take_is_called_what_the_user_says_or_else_its_name(state, title, called):
    renamed = edits.titled(edits.titled(state, 1, "before"), 1, title)
    assert renamed.lane_of(1).called == called
    assert renamed.lane_of(1).name == "Take A"


def test_notes_are_one_line_of_a_length_that_files_have_room_for(state):
    assert edits.noted(state, 2, " a\n b ").lane_of(2).marks.notes == "a b"
    assert len(edits.noted(state, 2, "word " * 99).lane_of(2).marks.notes) <= edits.LONGEST_NOTES


def test_marks_are_set_for_one_take_and_what_changes_nothing_is_no_edit(state):
    marked = edits.coloured(edits.mute_toggled(edits.star_toggled(state, 2), 2), 2, 3)
    assert marked.lane_of(2).marks == Marks(colour=3, starred=True, muted=True)
    assert marked.lane_of(1).marks == Marks()
    assert edits.mute_toggled(edits.star_toggled(marked, 2), 2).lane_of(2).marks == Marks(colour=3)
    assert edits.coloured(marked, 2, 3) is marked


@pytest.mark.parametrize(("index", "expected"), [(0, [1, 3, 2]), (1, [3, 1, 2]), (2, None), (9, None), (-1, [1, 3, 2])])
def test_takes_are_put_into_any_order(state, index, expected):
    moved = edits.placed(state, 1, index)
    assert moved is state if expected is None else order(moved) == expected


def test_starred_and_heard_takes_are_told(state):
    state = edits.mute_toggled(edits.star_toggled(edits.star_toggled(state, 1), 3), 3)
    assert [lane.take.id for lane in edits.starred(state)] == [3, 1]
    assert [lane.take.id for lane in edits.heard_ones(state)] == [2, 1]


def test_the_tree_is_walked_both_ways_while_both_are_there(state):
    assert edits.parent_of(state, 3) == 1
    assert edits.branches_of(state, 1) == (3,)
    assert (edits.parent_of(state, 1), edits.parent_of(state, None), edits.branches_of(state, 3)) == (None, None, ())
    assert edits.parent_of(edits.without_selected(states.choose(state, 1)), 3) is None


def grown():
    """A take that is still being written, its temperature moved."""
    take = a_take(seconds=2.0)
    for frame in range(10):
        take.history.record(frame, Controls(temperature=0.8 if frame < 5 else 1.2))
        take.append(tone(0.04))
    return take


def test_sheets_to_be_told_are_those_that_differ_from_what_a_finished_take_was_told(state):
    take = state.lane_of(2).take
    take.state, told = "finished", ((0, LeadSheet(grids=(), tonic=2, mode="minor", chords=())),)
    changed = edits.with_sheets(state, 2, told)
    assert changed.lane_of(2).sheets == told and changed.lane_of(2).edited
    assert take.sheets.changes == ((0, None),), "what it was told stays"
    assert not edits.as_it_was(changed, 2).lane_of(2).edited
    assert not edits.with_sheets(state, 1, told).lane_of(1).edited, "it is still written"
    assert edits.with_sheets(state, 77, told) is state


def test_a_duplicate_is_the_same_music_and_recipe_in_a_take_of_its_own():
    lane = Lane("Take A", grown(), marks=Marks("Chorus", "more bass", 2, starred=True, muted=True))
    copy = duplicate(lane, 7)
    lane.take.history.record(10, Controls(steps=1))
    lane.take.append(0.1 * tone(0.04))
    assert (copy.take.id, copy.take.state) == (7, "stopped")
    assert copy.take.written == lane.take.written - 1920
    assert np.array_equal(copy.take.audio.samples, lane.take.samples[:, : copy.take.written])
    assert copy.take.peaks.length == copy.take.written
    recipe = recipe_of(copy.take, FakeModel.info)
    assert [move.frame for move in recipe.moves] == [0, 5]
    assert copy.note == "copy of Chorus"
    assert copy.marks == Marks(notes="more bass", colour=2)


def test_a_frozen_take_stays_as_it_is_when_the_end_is_written_anew():
    take = grown()
    still = frozen(take)
    before = still.audio.samples.copy()
    take.rewind(4)
    take.append(0.1 * tone(0.04))
    take.history.record(5, Controls(steps=1))
    assert np.array_equal(still.audio.samples, before)
    assert [frame for frame, _ in still.history.changes] == [0, 5]
    take.state = "finished"
    assert frozen(take).samples is take.samples, "what is finished is not copied"
