"""Textures: noise without a pitch, wide, that moves."""

import numpy as np
import pytest

from engine.train.synths.textures import TEXTURES, texture

RATE = 48000


@pytest.mark.parametrize("name", TEXTURES)
def test_textures_fill_their_time_with_moving_noise(name):
    sound = texture(name, np.random.default_rng(1), 8 * RATE, RATE)
    assert sound.shape == (2, 8 * RATE) and sound.dtype == np.float32 and np.isfinite(sound).all()
    assert np.array_equal(sound, texture(name, np.random.default_rng(1), 8 * RATE, RATE))
    assert not np.array_equal(sound, texture(name, np.random.default_rng(2), 8 * RATE, RATE))
    assert np.abs(np.corrcoef(sound)[0, 1]) < 0.9, "each side its own"
    assert sound.std() > 0.01


@pytest.mark.parametrize("name", ["wind", "surf", "risers"])
def test_they_do_not_stand_still(name):
    sound = texture(name, np.random.default_rng(3), 16 * RATE, RATE)
    levels = np.sqrt(np.square(sound).reshape(2, -1, RATE // 2).mean(axis=(0, 2)))
    assert levels.max() > 1.5 * levels.min()


def test_a_band_comes_round_without_a_seam():
    sound = texture("wind", np.random.default_rng(0), 2**18 + 1000, RATE)
    steps = np.abs(np.diff(sound[0]))
    assert steps[2**18 - 2 : 2**18 + 2].max() < steps.max()
