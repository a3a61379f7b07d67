"""A continuation is as loud as its prompt, and its music keeps its dynamics."""

import numpy as np
import pytest

from engine.leveling import LEVEL_SECONDS, LOUDEST, SOFTEST, free_level, level_of, listened

RATE = 8_000
BLOCK = 320


def noise(seconds, decibels=0.0, seed=0):
    loudness = 0.1 * 10 ** (decibels / 20)
    return (loudness * np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))).astype(np.float32)


def leveled(spoken, level):
    """The gain in dB of each block."""
    gains = []
    for at in range(0, spoken.shape[1], BLOCK):
        level = listened(level, spoken[:, at : at + BLOCK])
        gains.append(20 * np.log10(level.gain))
    return np.array(gains)


@pytest.mark.parametrize("off", [4.0, -2.0])
def test_what_is_too_loud_or_too_soft_comes_back_to_the_prompts_level(off):
    gains = leveled(noise(12, off), level_of(noise(5, seed=1), RATE))
    assert off + gains[-1] == pytest.approx(np.sign(off) * 0.5, abs=0.3)
    assert abs(off + gains[round(1.5 * RATE / BLOCK)]) < 0.6 * abs(off)  # most of it within a second and a half


def test_what_is_as_loud_is_not_touched_at_all():
    assert np.all(leveled(noise(6), level_of(noise(5, seed=1), RATE)) == 0)


def test_silence_is_not_turned_up_far_and_a_roar_not_down_far():
    level = level_of(noise(5), RATE)
    assert leveled(noise(20, -60), level)[-1] == pytest.approx(LOUDEST)
    assert leveled(noise(20, 30), level)[-1] == pytest.approx(SOFTEST)
    assert np.isfinite(leveled(np.zeros((2, RATE), np.float32), level)).all()


def test_a_beat_keeps_its_dynamics():
    gate = np.repeat(np.arange(40) % 2 == 0, RATE // 4)  # on and off, every quarter of a second
    beat = noise(10) * gate
    gains = leveled(beat, level_of(beat, RATE))
    assert np.ptp(gains[round(LEVEL_SECONDS * RATE / BLOCK) :]) < 0.6


def uneven(seconds, decibels, seed):
    """Noise whose level is another one every half second, by so many dB (standard deviation)."""
    steps = decibels * np.random.default_rng(seed).standard_normal(round(2 * seconds))
    return noise(seconds, seed=seed) * np.repeat(10 ** (steps / 20), RATE // 2).astype(np.float32)


def variation(spoken):
    """dB, standard deviation of the level of half seconds."""
    return np.log10(np.square(spoken).reshape(2, -1, RATE // 2).mean((0, 2))).std() * 10


def voiced(spoken, level):
    return spoken * np.repeat(10 ** (leveled(spoken, level) / 20), BLOCK).astype(np.float32)


def test_moments_leave_the_mean_about_as_far_as_in_the_prompt():
    level, spoken = level_of(uneven(20, 1.5, seed=1), RATE), uneven(40, 4, seed=2)
    assert variation(voiced(spoken, level)) < 0.8 * variation(spoken)


def test_moments_that_vary_as_the_prompts_do_are_hardly_touched():
    level, spoken = level_of(uneven(20, 3, seed=1), RATE), uneven(40, 3, seed=2)
    assert variation(voiced(spoken, level)) > 0.9 * variation(spoken)


def test_an_even_prompt_freezes_nothing():
    level, spoken = level_of(noise(6, seed=1), RATE), uneven(40, 0.7, seed=2)
    assert variation(voiced(spoken, level)) > 0.9 * variation(spoken)


def test_after_silence_nothing_is_leveled():
    level = free_level()
    assert np.all(leveled(noise(3, 20), level) == 0) and listened(level, noise(1)) == level


def test_an_empty_block_changes_nothing():
    level = level_of(noise(5), RATE)
    assert listened(level, np.zeros((2, 0), np.float32)) == level
