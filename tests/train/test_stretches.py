"""Loudness and spectrum, ten seconds after ten seconds."""

import numpy as np
import pytest

from engine.train.stretches import dynamics, stretches
from tests.engine.grooves import groove

RATE = 48_000


@pytest.fixture(scope="module")
def music():
    return groove(30.0, RATE)


def test_what_goes_on_as_before_does_not_drift(music):
    parts = stretches(music[:, : 5 * RATE], music, RATE)
    assert len(parts) == 3
    assert max(abs(part.loudness) for part in parts) < 0.2 and max(part.spectrum for part in parts) < 0.5


def test_a_fade_is_told_in_loudness_units(music):
    faded = music.copy()
    faded[:, 10 * RATE : 20 * RATE] *= 10 ** (-6 / 20)
    faded[:, 20 * RATE :] *= 10 ** (-12 / 20)
    assert [part.loudness for part in stretches(music[:, : 5 * RATE], faded, RATE)] == pytest.approx(
        [0, -6, -12], abs=0.3
    )


def test_another_spectrum_is_told(music):
    bright = groove(30.0, RATE, hat=0.6)
    assert stretches(music[:, : 5 * RATE], bright, RATE)[0].spectrum > 1.5


def test_a_take_a_little_shorter_has_as_many(music):
    assert len(stretches(music, music[:, : -RATE // 20], RATE)) == 3
    assert len(stretches(music, music[:, : 3 * RATE], RATE)) == 1


def test_silence_counts_as_the_gate(music):
    before, silent = music[:, : 5 * RATE], np.zeros((2, 10 * RATE), np.float32)
    assert -70 < stretches(before, silent, RATE)[0].loudness < -40
    assert stretches(silent, silent, RATE)[0].loudness == 0


def test_levels_that_come_and_go_have_more_dynamics(music):
    gate = 10 ** (np.repeat([0.0, -6.0], RATE // 2) / 20)
    assert dynamics(music, RATE) < 2
    steady = 0.1 * np.random.default_rng(0).standard_normal((2, 10 * RATE))
    assert dynamics(steady * np.tile(gate, 10), RATE) == pytest.approx(3, abs=0.1)
    assert dynamics(0 * steady, RATE) == 0
