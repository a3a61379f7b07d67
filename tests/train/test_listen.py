"""The measurements that judge continuations, on sounds whose answer is known."""

import numpy as np
import pytest

from engine.train.listen import features, in_scale, onset_count, tempo_agrees

RATE = 48_000


def clicks(tempo, seconds=10.0):
    t = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(0).standard_normal(len(t))
    return np.tile(0.3 * noise * np.exp(-40 * (t % (60 / tempo))), (2, 1)).astype(np.float32)


def chord(*frequencies, seconds=3.0, level=0.1):
    t = np.arange(round(seconds * RATE)) / RATE
    return np.tile(level * sum(np.sin(2 * np.pi * f * t) for f in frequencies), (2, 1)).astype(np.float32)


@pytest.mark.parametrize("tempo", [70, 98, 120, 143])
def test_hears_the_tempo_of_clicks(tempo):
    flux = features(clicks(tempo), RATE).flux
    assert tempo_agrees(flux, tempo) and tempo_agrees(flux, 2 * tempo)
    assert not tempo_agrees(flux, 1.15 * tempo)


@pytest.mark.parametrize("tempo", [60, 120, 240])
def test_counts_attacks(tempo):
    assert features(clicks(tempo), RATE).onset_rate == pytest.approx(tempo / 60, rel=0.1)


def test_a_steady_tone_has_no_attacks():
    assert onset_count(features(chord(440.0), RATE).flux) == 0


def test_hears_the_scale():
    c_major = features(chord(261.63, 329.63, 392.0), RATE).chroma
    assert in_scale(c_major, 0, "major") > 0.98
    assert in_scale(c_major, 1, "major") < 0.5


def test_loudness_is_rms():
    assert features(chord(440.0, level=0.1), RATE).loudness == pytest.approx(-23.0, abs=0.1)
    assert features(np.zeros((2, RATE), np.float32), RATE).loudness == pytest.approx(-120, abs=1)


def test_level_moves_every_band_alike():
    loud, soft = features(clicks(120), RATE), features(0.1 * clicks(120), RATE)
    heard = soft.bands > -70
    assert np.allclose((loud.bands - soft.bands)[heard], 20, atol=2)
