"""What comes back after some bars."""

import numpy as np

from engine.train.long_form import BARS, recurrence
from tests.engine.tunes import tune

RATE = 22_050


def random_bars(count, tempo=120.0, seed=0):
    """Bars of four beats, each beat a chord of three random tones."""
    random, beat = np.random.default_rng(seed), round(RATE * 60 / tempo)
    t = np.arange(beat) / RATE
    pitches = 110 * 2 ** (random.integers(0, 48, (4 * count, 3, 1)) / 12)
    return np.tile(0.1 * np.sin(2 * np.pi * pitches * t).sum(axis=1).ravel(), (2, 1)).astype(np.float32)


def test_a_loop_comes_back_and_new_bars_do_not():
    two = random_bars(2)
    loop = np.concatenate([two] * 8, axis=1)
    assert min(recurrence(loop, RATE, 120.0, 4)) > 0.9
    new = random_bars(16, seed=1)
    assert max(np.abs(recurrence(new, RATE, 120.0, 4))) < 0.3


def test_a_phrase_of_four_bars_is_not_there_after_two():
    four = np.concatenate([random_bars(4, seed=2)] * 4, axis=1)
    two_later, four_later, eight_later = recurrence(four, RATE, 120.0, 4)
    assert two_later < 0.3 and min(four_later, eight_later) > 0.9


def test_the_same_in_another_order_does_not_come_back():
    music = tune(30.0, RATE, tempo=97.3)
    pieces = music[:, : music.shape[1] // 2646 * 2646].reshape(2, -1, 2646)
    order = np.random.default_rng(0).permutation(pieces.shape[1])
    real, mixed = (recurrence(sound, RATE, 97.3, 4) for sound in (music, pieces[:, order].reshape(2, -1)))
    assert min(real) > 0.7 and max(mixed) < 0.2


def test_a_steady_tone_does_not_count():
    t = np.arange(30 * RATE) / RATE
    drone = 0.2 * np.sin(2 * np.pi * 220 * t) + 0.001 * np.random.default_rng(0).standard_normal((2, len(t)))
    assert max(np.abs(recurrence(drone.astype(np.float32), RATE, 120.0, 4))) < 0.3


def test_what_is_too_short_is_not_said():
    _, four_later, eight_later = recurrence(tune(13.0, RATE), RATE, 120.0, 4)
    assert four_later > 0.5 and eight_later is None
    assert recurrence(tune(6.0, RATE), RATE, 120.0, 4) == [None] * len(BARS)
