"""The ladder's rungs do the damage that their names say, and no other."""

import numpy as np
import pytest

from engine.train.damage import LADDER, coded, low_pass, noisy
from engine.train.judge_sound import bandwidth, mel_error, si_sdr

RATE, SECONDS = 48_000, 2


@pytest.fixture(scope="module")
def music():
    """(2, N) chords over noise, wider than mono."""
    t = np.arange(SECONDS * RATE + 77) / RATE
    chord = sum(np.sin(2 * np.pi * f * t) * np.exp(-3 * (t % 0.5)) for f in (110, 277, 440, 659, 5000, 11_000))
    noise = np.random.default_rng(1).standard_normal((2, len(t)))
    return (0.05 * chord * np.array([[1.0], [0.6]]) + 0.005 * noise).astype(np.float32)


@pytest.mark.parametrize("name", LADDER)
def test_every_rung_keeps_length_type_and_place(name, music):
    damaged = LADDER[name](music, RATE).samples
    assert damaged.shape == music.shape and damaged.dtype == np.float32
    assert si_sdr(music, damaged) > 2  # a shift by some samples would not leave that


@pytest.mark.parametrize("name", [name for name in LADDER if name.startswith(("Vorbis", "Opus"))])
def test_codecs_come_near_the_bitrate_they_are_named_by(name, music):
    asked = float(name.split()[1])
    assert 0.5 * asked < LADDER[name](music, RATE).kilobits < 1.6 * asked


@pytest.mark.parametrize("codec", ["Vorbis", "Opus"])
def test_more_bits_do_less_damage(codec, music):
    errors = [mel_error(music, LADDER[f"{codec} {k}"](music, RATE).samples, RATE, 512) for k in (32, 64, 128)]
    assert errors == sorted(errors, reverse=True)


def test_a_codec_takes_other_rates(music):
    assert coded(music[:, :44_100], 44_100, "OPUS", 48_000, 0.9).samples.shape == (2, 44_100)


def test_low_pass_leaves_what_is_below(music):
    passed = low_pass(music, RATE, 4_000).samples
    assert bandwidth(music, RATE) > 20 and bandwidth(passed, RATE) < 4.2
    twice = low_pass(passed, RATE, 4_000).samples
    assert np.allclose(twice, passed, atol=1e-6)


@pytest.mark.parametrize("decibels", [20, 40])
def test_noise_lies_so_far_below(music, decibels):
    assert si_sdr(music, noisy(music, RATE, decibels).samples) == pytest.approx(decibels, abs=0.1)
