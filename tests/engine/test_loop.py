"""Loops whose right length is known: they close in time, in level, and without a click."""

import numpy as np
import pytest

from engine.errors import CalmError
from engine.loop import FADE_SECONDS, REACH_SECONDS, crossfade, find_loop
from tests.engine.grooves import grid, groove

RATE = 48_000


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize(("tempo", "bars"), [(120.0, 4), (93.7, 3), (174.3, 7)])
def test_a_groove_closes_after_whole_bars(rate, tempo, bars):
    song = groove(9.9, rate, tempo=tempo)
    loop = find_loop(song, rate, grid(tempo))
    assert loop.bars == bars and loop.start == 0
    assert loop.samples.shape == (2, loop.stop) and loop.stop == round(bars * 4 * 60 / tempo * rate)
    assert loop.tempo == pytest.approx(tempo, rel=1e-4)
    assert loop.seam.total > 80 and loop.seam.beat_phase < 0.1
    assert max(loop.clicks.step, loop.clicks.burst) <= 1


def test_the_bars_asked_for_from_the_bar_asked_for():
    song = groove(12.0, RATE)
    loop = find_loop(song, RATE, grid(), start=round(2.3 * RATE), bars=2)
    assert (loop.start, loop.stop, loop.bars) == (4 * RATE, 8 * RATE, 2)
    assert find_loop(song, RATE, grid(), start=4 * RATE, bars=1).start == 4 * RATE


def test_a_take_that_begins_before_its_first_downbeat():
    song = groove(9.0, RATE)[:, round(1.5 * RATE) :]
    loop = find_loop(song, RATE, grid(downbeat=-1.5))
    assert loop.start == round(0.5 * RATE) and loop.bars == 3
    assert loop.seam.total > 80 and loop.seam.beat_phase < 0.1


def test_only_the_end_is_changed():
    song = groove(9.0, RATE, tempo=97.0, pitch=333.0)
    loop = find_loop(song, RATE, grid(), start=2 * RATE)  # the wrong beat: end and beginning have nothing in common
    kept = loop.samples.shape[1] - round(REACH_SECONDS * RATE)
    assert np.array_equal(loop.samples[:, :kept], song[:, loop.start : loop.start + kept])
    assert np.array_equal(loop.samples[:, -1], song[:, loop.start - 1])  # what comes before the first sample
    assert max(loop.clicks.step, loop.clicks.burst) <= 1


def test_a_loop_of_a_drifting_level_says_so():
    song = groove(9.0, RATE) * np.linspace(1, 0.05, 9 * RATE, dtype=np.float32)
    assert find_loop(song, RATE, grid()).seam.total < 60


def test_a_cut_that_was_left_bare_would_click():
    t = np.arange(4 * RATE) / RATE
    tone = np.tile(0.3 * np.sin(2 * np.pi * 220.3 * t), (2, 1)).astype(np.float32)
    loop = find_loop(tone, RATE, grid(), start=0)
    twice = np.concatenate([loop.samples, loop.samples], axis=1)
    steps = np.abs(np.diff(twice))
    assert steps.max() < 1.3 * np.abs(np.diff(tone)).max()
    assert abs(tone[0, 0] - tone[0, loop.stop - 1]) > 3 * np.abs(np.diff(tone)).max()


def test_without_a_beat_the_waveform_decides():
    period = 3 * RATE
    noise = np.random.default_rng(3).standard_normal((2, period)).astype(np.float32) * 0.1
    loop = find_loop(np.tile(noise, 2)[:, : round(4.9 * RATE)], RATE, None, start=RATE)
    assert loop.bars is None and loop.tempo is None
    assert loop.stop - loop.start == period


def test_silence_can_be_looped():
    loop = find_loop(np.zeros((2, 4 * RATE), np.float32), RATE, None)
    assert not loop.samples.any() and np.isfinite(loop.seam.total)


@pytest.mark.parametrize(("seconds", "bars"), [(1.5, None), (6.0, 4)])
def test_too_short_for_the_bars(seconds, bars):
    with pytest.raises(CalmError, match="whole bars"):
        find_loop(groove(seconds, RATE), RATE, grid(), bars=bars)


def test_too_short_without_a_beat():
    with pytest.raises(CalmError, match="too little sound"):
        find_loop(groove(0.4, RATE), RATE, None)


@pytest.mark.parametrize("alike", [True, False])
def test_a_crossfade_keeps_the_power(alike):
    noise = np.random.default_rng(0)
    one, other = (noise.standard_normal((2, RATE)).astype(np.float32) for _ in range(2))
    mixed = crossfade(one, one if alike else other)
    power = np.square(mixed).reshape(2, 50, -1).mean(axis=(0, 2))
    assert np.allclose(power, 1, atol=0.12)
    assert not alike or np.allclose(mixed, one, atol=1e-3)


def test_the_fade_fits_into_the_reach():
    assert FADE_SECONDS < REACH_SECONDS
