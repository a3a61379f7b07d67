"""Mel bands cover every frequency and tell tones apart."""

import numpy as np
import pytest

from engine.train.mel import from_mel, mel_matrix, to_mel

RATE = 48_000


def test_the_scale_is_about_linear_below_a_kilohertz_and_goes_back():
    assert to_mel(1000) == pytest.approx(1000, abs=1)
    hertz = np.array([0.0, 55, 440, 12_345])
    assert np.allclose(from_mel(to_mel(hertz)), hertz)


@pytest.mark.parametrize(("window", "bands"), [(2048, 80), (512, 40), (128, 20), (64, 8)])
def test_every_band_has_a_bin_and_averages(window, bands):
    matrix = mel_matrix(RATE, window, bands)
    assert matrix.shape == (window // 2 + 1, bands)
    assert np.allclose(np.ones(len(matrix)) @ matrix, 1)


def test_a_tone_is_strongest_in_the_band_around_it():
    matrix = mel_matrix(RATE, 2048, 80)
    strongest = [matrix[round(hertz / RATE * 2048)].argmax() for hertz in (500, 1000, 4000, 16_000)]
    assert strongest == sorted(set(strongest))
    centres = from_mel(np.linspace(0, to_mel(RATE / 2), 82))[1:-1]
    assert centres[strongest] == pytest.approx([500, 1000, 4000, 16_000], rel=0.05)


def test_nothing_between_the_first_and_the_last_band_is_unheard():
    assert np.all(mel_matrix(RATE, 2048, 80)[1:-20].sum(1) > 0)
