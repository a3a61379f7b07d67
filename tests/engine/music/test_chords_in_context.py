"""Chords in their context: what the spans around say of a span, and where a change is cheap."""

from itertools import product

import numpy as np
import pytest

from engine.music.chords import in_context
from engine.music.learned import log_softmax

CHEAP, DEAR = 1.5, 5.0


def scored(states, kinds=3, by=2.0):
    """Scores (spans, kinds) that favour one state in each span."""
    return by * np.eye(kinds)[states]


def test_chances_are_those_of_all_sequences_added_up():
    draw = np.random.default_rng(0)
    scores, change = log_softmax(draw.standard_normal((4, 3))), draw.uniform(0.5, 4, 4)
    wanted = np.zeros((4, 3))
    for states in product(range(3), repeat=4):
        moves = [1.0 + np.exp(-change[t]) if states[t] == states[t - 1] else np.exp(-change[t]) for t in range(1, 4)]
        weight = np.prod(moves) * np.exp(scores[range(4), states].sum())
        wanted[range(4), states] += weight
    assert np.allclose(in_context(scores, change), wanted / wanted.sum(axis=1, keepdims=True))


def test_a_doubtful_span_takes_the_chord_around_it():
    alone = np.exp(log_softmax(scored([0, 0, 1, 0, 0])))
    found = in_context(scored([0, 0, 1, 0, 0]), np.full(5, DEAR))
    assert alone[2].argmax() == 1
    assert found[2].argmax() == 0
    assert found[0, 0] > alone[0, 0]


def test_where_a_bar_begins_a_change_is_believed_sooner():
    states = [0, 0, 1, 1]
    dear, cheap = (in_context(scored(states), np.array([DEAR, DEAR, cost, DEAR])) for cost in (DEAR, CHEAP))
    assert cheap[2, 1] > dear[2, 1]


@pytest.mark.parametrize("spans", [1, 2, 2000])
def test_chances_stay_chances_in_clips_of_any_length(spans):
    scores = log_softmax(20 * np.random.default_rng(1).standard_normal((spans, 96)))
    found = in_context(scores, np.full(spans, DEAR))
    assert found.shape == (spans, 96)
    assert np.allclose(found.sum(axis=1), 1)
