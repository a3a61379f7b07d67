"""The measures of sound, on changes whose size is known."""

import numpy as np
import pytest

from engine.train import judge_sound as js

RATE = 48_000
SECONDS = 2


def noise(level=0.1, seed=0):
    return (level * np.random.default_rng(seed).standard_normal((2, SECONDS * RATE))).astype(np.float32)


def tone(hertz, left=0.2, right=0.2):
    wave = np.sin(2 * np.pi * hertz * np.arange(SECONDS * RATE) / RATE)
    return (np.array([[left], [right]]) * wave).astype(np.float32)


SILENCE = np.zeros((2, SECONDS * RATE), np.float32)


@pytest.mark.parametrize("window", js.MEL_BANDS)
def test_mel_error_of_a_change_in_gain_is_that_gain(window):
    loud = noise()
    assert js.mel_error(loud, loud, RATE, window) == 0
    assert js.mel_error(loud, 0.5 * loud, RATE, window) == pytest.approx(6.02, abs=0.01)


def test_the_floor_lies_at_one_density_of_noise_for_every_window():
    """Noise far above it moves by its gain; noise about as strong as the floor moves less, and alike everywhere."""
    moved = [js.mel_error(noise(6e-3), noise(3e-3), RATE, window) for window in js.MEL_BANDS]
    assert all(1 < error < 3 for error in moved) and max(moved) - min(moved) < 0.3
    assert js.mel_error(noise(1e-6), SILENCE, RATE, 2048) == 0


def test_mel_error_hears_a_lost_side():
    wide = noise()
    narrow = np.repeat(wide.mean(0, keepdims=True), 2, axis=0)
    assert js.mel_error(wide, narrow, RATE, 512) > 10


def test_stft_distance_is_nothing_for_the_same_and_grows_with_noise():
    source = tone(440) + noise(0.01)
    little, much = (js.stft_distance(source, source + noise(level, seed=1), RATE) for level in (0.003, 0.1))
    assert js.stft_distance(source, source, RATE) == 0
    assert 0 < little < 0.5 * much
    assert np.isfinite(js.stft_distance(SILENCE, source, RATE))


def test_si_sdr_is_the_ratio_of_noise_added_whatever_the_gain():
    source, added = noise(0.1), noise(0.01, seed=1)
    assert js.si_sdr(source, source + added) == pytest.approx(20, abs=0.2)
    assert js.si_sdr(source, 0.3 * (source + added)) == pytest.approx(20, abs=0.2)
    assert js.si_sdr(source, source) == 100 and js.si_sdr(SILENCE, source) < 0


def test_si_sdr_fails_what_only_has_other_phases():
    wave = tone(1000)
    assert js.si_sdr(wave, np.roll(wave, RATE // 4000, axis=1)) < -30  # a quarter of a period


def test_stereo_error_sees_width_lost_and_won():
    wide, mono = noise(), tone(440)
    assert js.stereo_error(wide, wide, RATE) == 0
    assert js.stereo_error(wide, wide[::-1], RATE) == 0
    assert js.stereo_error(wide, mono, RATE) == pytest.approx(1, abs=0.02)
    assert js.stereo_error(mono, tone(440, 0.2, -0.2), RATE) == pytest.approx(2)
    assert js.stereo_error(mono, SILENCE, RATE) == pytest.approx(1)
    assert js.stereo_error(SILENCE, mono, RATE) == 0


def test_loudness_error_is_in_loudness_units():
    source = tone(1000)
    assert js.loudness_error(source, 0.5 * source, RATE) == pytest.approx(6.02, abs=0.01)
    assert js.loudness_error(source, SILENCE, RATE) > 40
    assert js.loudness_error(SILENCE, SILENCE, RATE) == 0


def test_treble_is_what_lies_above_ten_kilohertz():
    source = tone(440) + tone(12_000)
    assert js.treble_change(source, tone(440) + 0.5 * tone(12_000), RATE) == pytest.approx(-6.02, abs=0.05)
    assert js.treble_change(source, tone(440), RATE) < -40
    assert js.treble_change(tone(440), tone(440, 0.1, 0.1), RATE) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("hertz", [3000, 15_000])
def test_bandwidth_ends_with_the_highest_tone(hertz):
    assert js.bandwidth(tone(440) + 0.1 * tone(hertz), RATE) == pytest.approx(hertz / 1000, abs=0.15)


def test_bandwidth_of_silence_is_a_number():
    assert 0 <= js.bandwidth(SILENCE, RATE) <= 24
