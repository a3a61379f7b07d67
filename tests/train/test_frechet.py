"""The distances between sets of clips, and the statistics that they are taken of."""

import numpy as np
import pytest

from engine.train.frechet import frechet, statistics
from tests.engine.grooves import groove

RATE = 22_050


def points(count=200, size=20, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, size)) @ random.standard_normal((size, size))


def told(*sounds):
    """(n, D) by subject of sounds (2, N)."""
    found = [statistics(sound.astype(np.float32), RATE) for sound in sounds]
    return {subject: np.array([each[subject] for each in found]) for subject in found[0]}


def test_a_set_is_no_distance_from_itself():
    assert frechet(points(), points()) == pytest.approx(0, abs=1e-6)


def test_the_distance_grows_with_noise_and_with_a_shift():
    set_, noise = points(), np.random.default_rng(1).standard_normal((200, 20))
    by_noise = [frechet(set_, set_ + level * set_.std() * noise) for level in (0.1, 0.5, 2)]
    by_shift = [frechet(set_, set_ + shift * set_.std(axis=0)) for shift in (0.1, 0.5, 2)]
    assert 0 < by_noise[0] < by_noise[1] < by_noise[2]
    assert 0 < by_shift[0] < by_shift[1] < by_shift[2]


def test_gaussians_of_known_moments_are_as_far_apart_as_the_formula_says():
    one = np.random.default_rng(0).standard_normal((50_000, 1))
    assert frechet(one, 3 * one + 2) == pytest.approx(2**2 + (3 - 1) ** 2, rel=0.03)


def test_what_never_varies_and_few_clips_do_no_harm():
    set_ = np.hstack([points(5), np.ones((5, 3))])
    assert frechet(set_, set_) == pytest.approx(0, abs=1e-6)
    assert np.isfinite(frechet(set_, points(5, 23, seed=3)))


def chords(tonic, kinds=((0, 4, 7), (5, 9, 12), (7, 11, 14)), seconds=1.0):
    t = np.arange(round(seconds * RATE)) / RATE
    pitches = 220 * 2 ** ((np.array(kinds)[..., None] + tonic) / 12)
    return np.tile(0.1 * np.sin(2 * np.pi * pitches * t).sum(axis=1).ravel(), (2, 1))


def test_chroma_does_not_know_the_key():
    other = chords(0, ((0, 1, 2), (3, 4, 5), (6, 7, 8)))
    statistic = told(chords(0), chords(3), other)["chroma"]
    assert np.linalg.norm(statistic[0] - statistic[1]) < 0.3 * np.linalg.norm(statistic[0] - statistic[2])


def test_rhythm_knows_the_tempo_and_mfcc_the_timbre():
    slow, fast = groove(6.0, RATE, tempo=90.0), groove(6.0, RATE, tempo=132.0)
    dull = groove(6.0, RATE, tempo=90.0, hat=0.0)
    found = told(slow, slow * 0.5, fast, dull)
    assert np.allclose(found["mfcc"][0], found["mfcc"][1], atol=0.1)  # the level does not count
    tempogram = found["rhythm"][:, :20]
    assert np.abs(tempogram[0] - tempogram[2]).max() > 0.2
    assert np.abs(tempogram[0] - tempogram[1]).max() < 0.01
    assert np.linalg.norm(found["mfcc"][0] - found["mfcc"][3]) > 3


def test_silence_has_statistics():
    found = told(np.zeros((2, 3 * RATE)))
    assert all(np.isfinite(vector).all() for vector in found.values())
