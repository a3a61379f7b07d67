"""What happens to the shelf, without a window."""

from pathlib import Path

import pytest

from calm_studio import state as states
from calm_studio.history import Edit, History, edited, undone
from calm_studio.shelf import shelf_edits
from calm_studio.values import State
from engine.errors import CalmError
from tests.engine.fakes import a_prompt

A, B = Path("a.wav"), Path("b.wav")


@pytest.fixture
def three() -> State:
    state = State()
    for seconds in (1.0, 2.0, 3.0):
        state = states.add_clip(state, states.clip_of(a_prompt(seconds)))
    return state


def lengths(state: State) -> list[float]:
    return [round(clip.prompt.audio.seconds) for clip in state.clips]


def test_a_file_that_is_read_twice_ends_once():
    state = shelf_edits.reading_begun(State(), (A, B, A))
    state = shelf_edits.reading_ended(state, A)
    assert state.reading == (B, A)
    assert shelf_edits.reading_ended(state, Path("c.wav")) is state


@pytest.mark.parametrize(("index", "order"), [(0, [3, 1, 2]), (1, [1, 3, 2]), (9, [1, 2, 3]), (-4, [3, 1, 2])])
def test_clips_are_put_where_they_are_wanted_and_undo_puts_them_back(three, index, order):
    placed = shelf_edits.clip_placed(three, three.clips[2], index)
    assert lengths(placed) == order
    assert placed.clip is three.clip
    _, back = undone(edited(History(), Edit(three, placed)), placed)
    assert lengths(back) == [1, 2, 3]


def test_the_shelf_holds_an_hour_and_says_when_it_is_full(three, monkeypatch):
    clip = states.clip_of(a_prompt(1.0))
    shelf_edits.check_room(three, clip)
    monkeypatch.setattr(shelf_edits, "MOST_MINUTES", 6.5 / 60)
    with pytest.raises(CalmError, match="no room for tone"):
        shelf_edits.check_room(three, clip)
