"""Moves of knobs as points: each can be put, moved and erased without a change to the other knobs."""

from dataclasses import replace

import pytest

from calm_studio.edits import with_moves
from calm_studio.history import Edit, History, edited, redone, undone
from calm_studio.moves import KNOBS, erased, moved, points_of, put
from calm_studio.values import Lane, State
from engine.controls import Controls
from tests.calm_studio.fakes import a_take

TEMPERATURE, _, STEPS, FOLLOW, HARMONY, _ = KNOBS
MOVES = (
    (0, Controls(temperature=0.5)),
    (10, Controls(temperature=0.9)),
    (20, Controls(temperature=0.9, steps=8)),
    (30, Controls(temperature=0.7, steps=8)),
)


def test_each_knob_has_points_of_its_own():
    assert points_of(MOVES, TEMPERATURE) == ((0, 0.5), (10, 0.9), (30, 0.7))
    assert points_of(MOVES, STEPS) == ((0, 4), (20, 8))
    assert points_of(MOVES, FOLLOW) == ((0, 3.0),)
    assert points_of((), FOLLOW) == ()


def test_a_point_that_is_put_lasts_until_the_next():
    after = put(MOVES, TEMPERATURE, 15, 1.234)
    assert points_of(after, TEMPERATURE) == ((0, 0.5), (10, 0.9), (15, 1.23), (30, 0.7))
    assert points_of(after, STEPS) == points_of(MOVES, STEPS)
    assert put(MOVES, TEMPERATURE, 15, 0.9) == MOVES, "no change of value is no move"
    assert points_of(put(MOVES, TEMPERATURE, 0, 9.0), TEMPERATURE)[0] == (0, 2.0), "no more than can be set"


def test_a_point_goes_no_further_than_its_neighbours_and_the_first_stays():
    assert points_of(moved(MOVES, TEMPERATURE, 10, 50, 1.0), TEMPERATURE) == ((0, 0.5), (29, 1.0), (30, 0.7))
    assert points_of(moved(MOVES, TEMPERATURE, 10, -5, 1.0), TEMPERATURE)[1] == (1, 1.0)
    assert points_of(moved(MOVES, TEMPERATURE, 0, 7, 1.0), TEMPERATURE)[0] == (0, 1.0)
    assert points_of(moved(MOVES, STEPS, 20, 25, 7.6), STEPS) == ((0, 4), (25, 8))
    assert points_of(moved(MOVES, STEPS, 20, 25, 7.6), TEMPERATURE) == points_of(MOVES, TEMPERATURE)


def test_erased_points_give_way_to_what_was_before():
    assert points_of(erased(MOVES, TEMPERATURE, frozenset({10, 30})), TEMPERATURE) == ((0, 0.5),)
    cold = Controls(temperature=0.5)
    assert erased(MOVES, TEMPERATURE, frozenset({0, 10, 30})) == ((0, cold), (20, replace(cold, steps=8)))
    assert erased(MOVES, HARMONY, frozenset({0, 3})) == MOVES


@pytest.mark.parametrize("knob", KNOBS)
def test_every_value_of_a_knob_has_a_place(knob):
    assert [knob.at_share(share) for share in (-1, 0, 1, 2)] == [knob.least, knob.least, knob.most, knob.most]
    middle = knob.at_share(0.5)
    assert knob.share(middle) == pytest.approx(0.5, abs=0.03)
    Controls(**{knob.field: type(getattr(Controls(), knob.field))(knob.most)})


def test_few_steps_are_as_far_apart_as_many():
    assert STEPS.share(4) - STEPS.share(2) == pytest.approx(STEPS.share(200) - STEPS.share(100))


def a_state() -> State:
    take = a_take()
    for frame, controls in MOVES:
        take.history.record(frame, controls)
    return State(lanes=(Lane("Take A", take),), chosen=take.id)


def test_edited_moves_are_undone_and_redone():
    before = a_state()
    after = with_moves(before, 1, put(MOVES, TEMPERATURE, 15, 1.5))
    history, state = undone(edited(History(), Edit(before, after)), after)
    assert state.lane.moves is None
    history, state = redone(history, state)
    assert state.lane.moves == after.lane.moves


def test_moves_as_they_were_are_no_edit():
    state = a_state()
    assert with_moves(state, 1, MOVES) is state
    other = with_moves(state, 1, MOVES[:2])
    assert with_moves(other, 1, MOVES).lane.moves is None and with_moves(other, 1, None).lane.moves is None
