"""The likeliest key of chances of scales."""

import numpy as np
import pytest

from engine.music.key import Key, likeliest_key
from engine.music.leadsheet import SCALES


def chances(**shares):
    """Log-probabilities (12, SCALES) of scales on tonics, such as `C_major=0.7`; the others share the rest."""
    found = np.full((12, len(SCALES)), (1 - sum(shares.values())) / (12 * len(SCALES) - len(shares)))
    for name, share in shares.items():
        tonic, scale = name.split("_")
        found[{"C": 0, "A": 9}[tonic], list(SCALES).index(scale)] = share
    return np.log(found)


def test_the_scales_with_the_same_third_are_one_key():
    key, confidence = likeliest_key(chances(C_major=0.3, C_mixolydian=0.25, A_minor=0.4))
    assert key == Key(0, "major")
    assert confidence == pytest.approx(0.55, abs=0.01)


def test_thirds_are_told_apart_on_one_tonic():
    assert likeliest_key(chances(A_major=0.3, A_dorian=0.35, A_minor=0.3))[0] == Key(9, "minor")
