"""What a take may collapse into, and music, which it is not."""

import numpy as np
import pytest

from engine.train.collapses import first_collapse, steadiness
from engine.train.known_takes import coloured
from tests.engine.grooves import groove
from tests.engine.tunes import tune

RATE = 48_000
FRAME = RATE // 25


@pytest.fixture(scope="module")
def music():
    return groove(8.0, RATE) + tune(8.0, RATE)


def noise_like(music):
    white = np.random.default_rng(0).standard_normal(music.shape)
    return np.stack([coloured(*pair, RATE) for pair in zip(white, music, strict=True)]).astype(np.float32)


def test_music_does_not_collapse(music):
    assert first_collapse(music, music, RATE) is None


def test_noise_is_noise_in_the_colours_of_music(music):
    assert first_collapse(music, noise_like(music), RATE) == "noise"
    white = np.random.default_rng(0).standard_normal(music.shape).astype(np.float32)
    assert first_collapse(music, 0.1 * white, RATE) == "noise"


def test_noise_that_comes_late_is_found(music):
    late = np.concatenate([music, noise_like(music)], axis=1)
    assert first_collapse(music, late, RATE) == "noise"


def test_a_stuck_frame_is_stuck(music):
    frame = music[:, RATE : RATE + FRAME]
    assert first_collapse(music, np.tile(frame, (1, 150)), RATE) == "stuck"


def test_silence_and_clipping(music):
    assert first_collapse(music, 1e-5 * music, RATE) == "silence"
    assert first_collapse(music, (20 * music).clip(-1, 1), RATE) == "clipping"


def test_what_is_too_short_to_tell_is_left(music):
    assert first_collapse(music, np.zeros((2, 3 * RATE), np.float32), RATE) is None


def test_steadiness_of_what_is_known():
    random, t = np.random.default_rng(0), np.arange(4 * 22_050) / 22_050
    assert 0.48 < steadiness(random.standard_normal(len(t))) < 0.56
    assert steadiness(np.sin(2 * np.pi * 1000 * t)) > 0.95
    assert steadiness(random.standard_normal(len(t)) * np.exp(-12 * (t % 0.5))) < 0.3
