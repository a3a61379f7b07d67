"""Undo and redo of what is done by hand, while the engine goes on."""

from dataclasses import replace

import pytest

from calm_studio import edits, history
from calm_studio import state as states
from calm_studio.history import LONGEST, Edit, History
from calm_studio.values import Lane, State
from engine.controls import Controls
from engine.events import TakeGrew, TakeStarted
from tests.calm_studio.fakes import a_take, reduce
from tests.engine.fakes import a_prompt


class Hands:
    """A state that is edited, undone and redone, as by `Desk`."""

    def __init__(self, state: State):
        self.state, self.history = state, History()

    def edit(self, change, *args, goes_on=False):
        after = change(self.state, *args)
        self.history, self.state = history.edited(self.history, Edit(self.state, after), goes_on), after

    def undo(self):
        self.history, self.state = history.undone(self.history, self.state)

    def redo(self):
        self.history, self.state = history.redone(self.history, self.state)

    @property
    def order(self) -> list[int]:
        return [lane.take.id for lane in self.state.lanes]


def started(state: State, job: int) -> State:
    return reduce(states.submitted(state, [job]), TakeStarted(job, a_take(take_id=job)))


@pytest.fixture
def hands():
    """Three takes, of which the second is selected, and a clip of four seconds."""
    state = states.add_clip(State(), states.clip_of(a_prompt(4.0)))
    for job in (1, 2, 3):
        state = started(state, job)
    return Hands(states.seek(state, 2, 1.0))


def test_every_edit_goes_back_and_forth_one_by_one(hands):
    looks = [hands.state]
    for change, *args in (
        (edits.titled, 2, "Chorus"),
        (edits.noted, 2, "more bass"),
        (edits.star_toggled, 1),
        (edits.mute_toggled, 3),
        (edits.coloured, 2, 4),
        (edits.placed, 1, 0),
        (edits.without_selected,),
        (states.trim, 1.0, 3.0),
    ):
        hands.edit(change, *args)
        looks.append(hands.state)
    for expected in reversed(looks[:-1]):
        hands.undo()
        assert shape(hands.state) == shape(expected)
    for expected in looks[1:]:
        hands.redo()
        assert shape(hands.state) == shape(expected)


def shape(state: State) -> tuple:
    """All that undo covers."""
    return [(lane.take.id, lane.marks) for lane in state.lanes], [(clip.start, clip.stop) for clip in state.clips]


def test_where_there_is_nothing_to_undo_or_redo_nothing_changes(hands):
    before = hands.state
    hands.undo()
    hands.redo()
    assert hands.state is before


def test_a_deleted_take_comes_back_to_its_place_and_is_selected(hands):
    hands.edit(edits.without_selected)
    assert (hands.order, hands.state.chosen) == ([3, 1], 1)
    hands.undo()
    assert (hands.order, hands.state.chosen) == ([3, 2, 1], 2)
    hands.redo()
    assert (hands.order, hands.state.chosen) == ([3, 1], 1)


def test_what_the_engine_made_meanwhile_stays(hands):
    hands.edit(edits.titled, 2, "Chorus")
    hands.state = started(hands.state, 4)
    growth = TakeGrew(4, 3, 9000, Controls(), 2.0)
    hands.state = reduce(hands.state, growth)
    hands.undo()
    assert hands.order == [4, 3, 2, 1]
    assert hands.state.lane_of(4).growth is growth
    assert hands.state.lane_of(2).called == "Take B"
    assert hands.state.chosen == 4, "it is being listened to"


def test_what_was_found_out_about_a_take_meanwhile_stays(hands):
    hands.edit(edits.star_toggled, 2)
    hands.state = reduce(hands.state, TakeGrew(2, 9, 9000, Controls(), 2.0))
    hands.undo()
    assert hands.state.lane_of(2).growth.frame == 9
    assert not hands.state.lane_of(2).marks.starred


def test_a_copy_goes_with_undo_and_comes_with_redo(hands):
    hands.edit(states.add_lane, Lane("", a_take(take_id=9)))
    assert hands.order[0] == hands.state.chosen == 9
    hands.undo()
    assert (hands.order, hands.state.chosen) == ([3, 2, 1], 2)
    hands.redo()
    assert (hands.order, hands.state.chosen) == ([9, 3, 2, 1], 9)


def test_the_moves_of_one_drag_are_one_edit(hands):
    for start in (0.5, 1.0, 1.5):
        hands.edit(states.trim, start, 4.0, goes_on=start > 0.5)
    hands.edit(states.trim, 1.5, 3.0)
    hands.undo()
    assert (hands.state.clip.start, hands.state.clip.stop) == (1.5, 4.0)
    hands.undo()
    assert (hands.state.clip.start, hands.state.clip.stop) == (0.0, 4.0)


def test_a_clip_keeps_what_was_heard_in_it_and_comes_back_when_it_was_taken_off(hands):
    hands.edit(edits.star_toggled, 2)
    hands.state = states.with_heard(hands.state, hands.state.clip.prompt, heard := object())
    hands.undo()
    assert hands.state.clip.heard is heard
    first = hands.state.clip
    hands.state = states.add_clip(hands.state, states.clip_of(a_prompt(1.0)))
    hands.edit(states.remove_clip, hands.state.clip)
    assert hands.state.clip is first
    hands.undo()
    assert [clip.stop for clip in hands.state.clips] == [4.0, 1.0]
    assert hands.state.clip is hands.state.clips[1]


def test_the_cursor_and_the_selection_are_left_alone(hands):
    hands.edit(edits.star_toggled, 2)
    hands.state = replace(hands.state, cursor=3.0)
    hands.undo()
    assert hands.state.cursor == 3.0


def test_a_new_edit_forgets_what_was_undone_and_old_ones_are_forgotten_in_time(hands):
    hands.edit(edits.titled, 2, "one")
    hands.undo()
    hands.edit(edits.titled, 2, "two")
    hands.redo()
    assert hands.state.lane.called == "two"
    for number in range(2 * LONGEST):
        hands.edit(edits.titled, 2, f"name {number}")
    assert len(hands.history.done) == LONGEST


def test_what_is_forgotten_first_when_memory_is_full_are_the_oldest_deleted_takes(monkeypatch):
    hands = Hands(State())
    for take_id in (1, 2, 3):
        hands.state = started(hands.state, take_id)
    size = hands.state.lanes[0].take.samples.nbytes
    monkeypatch.setattr(history, "HEAVIEST", 2 * size)
    for _ in range(2):
        hands.edit(edits.without_selected)
    assert len(hands.history.done) == 2
    hands.edit(edits.star_toggled, hands.state.chosen)
    assert len(hands.history.done) == 3, "what is in a lane weighs nothing here"
    hands.edit(edits.without_selected)
    assert len(hands.history.done) == 3, "the first deletion cannot be undone any more"
    for _ in range(3):
        hands.undo()
    assert len(hands.order) == 2


def test_the_last_edit_can_be_undone_however_heavy_it_is(monkeypatch):
    monkeypatch.setattr(history, "HEAVIEST", 1)
    hands = Hands(started(State(), 1))
    hands.edit(edits.without_selected)
    hands.undo()
    assert hands.order == [1]
