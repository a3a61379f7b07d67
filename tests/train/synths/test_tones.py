"""Every family of synths: in tune, finite, bounded, and the same for the same seed."""

import numpy as np
import pytest

from engine.train.synths.families import ALL_FAMILIES, FAMILIES, UNSEEN
from engine.train.synths.partials import BLOCK, moments, partials

RATE = 48000
SEEDS = range(5)


def patches(family):
    return [ALL_FAMILIES[family].draw(np.random.default_rng(seed)) for seed in SEEDS]


def cents_off(tone, hertz):
    """How far the strongest line within half a semitone of a pitch is from it, and its height beside the highest."""
    size = 4 * len(tone)
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), size))
    near = slice(round(hertz * 2 ** (-1 / 24) * size / RATE), round(hertz * 2 ** (1 / 24) * size / RATE))
    peak = near.start + spectrum[near].argmax()
    return 1200 * np.log2(peak * RATE / size / hertz), spectrum[peak] / spectrum.max()


def test_partials_are_the_sines_they_stand_for():
    hertz, levels, phases = np.array([220.0, 441.3, 9000.0]), np.array([0.5, 0.2, 0.1]), np.array([0.0, 1.0, 4.0])
    time = np.arange(3 * RATE) / RATE
    expected = levels @ np.sin(2 * np.pi * hertz[:, None] * time + phases[:, None])
    assert np.abs(partials(hertz, levels, phases, len(time), RATE) - expected).max() < 1e-4


def test_levels_of_partials_move_in_straight_lines():
    samples = 10 * BLOCK + 17
    levels = np.linspace(1, 0, len(moments(samples, RATE)))[:, None]
    tone = partials(np.array([RATE / 8]), levels, np.array([np.pi / 2]), samples, RATE)
    peaks = tone[::8]
    assert np.allclose(peaks, np.linspace(1, 0, 11 * BLOCK + 1)[:samples:8], atol=1e-5)


def test_partials_that_would_fold_back_are_left_out():
    assert not partials(np.array([23_000.0, 30_000.0]), np.ones(2), np.zeros(2), 1000, RATE).any()


@pytest.mark.parametrize("family", ALL_FAMILIES)
@pytest.mark.parametrize("hertz", [110.0, 440.0])
def test_tones_have_their_pitch(family, hertz):
    for patch in patches(family):
        off, height = cents_off(patch.tone(hertz, 2 * RATE, 0.9, RATE), hertz)
        assert abs(off) < 10 and height > 0.02


@pytest.mark.parametrize("family", ALL_FAMILIES)
@pytest.mark.parametrize("hertz", [32.7, 261.6, 4186.0])
def test_tones_are_finite_and_bounded_from_the_lowest_to_the_highest_note(family, hertz):
    for patch in patches(family):
        tone = patch.tone(hertz, RATE // 4, 0.9, RATE)
        assert tone.shape == (RATE // 4,) and tone.dtype == np.float32
        assert np.isfinite(tone).all() and 0.02 < np.abs(tone).max() < 2


@pytest.mark.parametrize("family", ALL_FAMILIES)
def test_a_patch_gives_the_same_samples_and_others_give_others(family):
    first, again, *others = (
        patch.tone(220.0, 4800, 0.9, RATE) for patch in patches(family)[:1] * 2 + patches(family)[1:]
    )
    assert np.array_equal(first, again)
    assert not any(np.array_equal(first, other) for other in others)


@pytest.mark.parametrize("family", [name for name in ALL_FAMILIES if name not in ("voice", "breath")])
def test_soft_notes_are_darker(family):
    def centre(tone):
        power = np.abs(np.fft.rfft(tone)) ** 2
        return (power * np.arange(len(power))).sum() / power.sum()

    ratios = [
        centre(patch.tone(220.0, RATE, 0.9, RATE)) / centre(patch.tone(220.0, RATE, 0.2, RATE))
        for patch in patches(family)
    ]
    assert np.mean(ratios) > 1.02 or family == "additive" and max(ratios) > 1.02  # an organ has one force


def test_strings_ring_out():
    for patch in patches("plucked"):
        tone = patch.tone(220.0, 2 * RATE, 0.9, RATE)
        assert np.abs(tone[-RATE // 4 :]).max() < 0.7 * np.abs(tone[: RATE // 4]).max()


def test_voices_have_formants_that_move():
    voice = patches("voice")[0]
    tone = voice.tone(110.0, 3 * RATE, 0.9, RATE)
    start, end = (np.abs(np.fft.rfft(part))[::110] for part in (tone[:RATE], tone[-RATE:]))
    start, end = start[1:40] / start[1:40].max(), end[1:40] / end[1:40].max()
    assert np.abs(start - end).max() > 0.1


def test_the_synth_kept_from_training_is_of_no_other_corpus():
    assert UNSEEN not in FAMILIES and UNSEEN in ALL_FAMILIES
