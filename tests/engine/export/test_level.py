import math

import numpy as np
import pytest

from engine.errors import CalmError
from engine.export.level import amplified, gain_for, louder, measured
from engine.loudness import measure
from engine.metadata import Loudness

RATE = 48_000


def loudness(integrated, true_peak) -> Loudness:
    return Loudness(integrated, 3.0, true_peak, integrated + 2, integrated + 1)


def noise(seconds=2.0, level=0.05) -> np.ndarray:
    return (level * np.random.default_rng(0).standard_normal((2, round(seconds * RATE)))).astype(np.float32)


def test_one_pass_finds_length_overs_and_loudness():
    samples = noise()
    samples[:, 5] = (1.0, -1.0)  # full scale is not beyond it
    samples[:, 70_000] = (1.25, -1.0001)
    level = measured((samples[:, at : at + 10_000] for at in range(0, samples.shape[1], 10_000)), RATE, 2)
    assert (level.frames, level.over) == (2 * RATE, 2)
    assert level.loudness.integrated == pytest.approx(measure(samples, RATE).integrated, abs=1e-3)


@pytest.mark.parametrize("blocks", [[], [np.zeros((2, 0), np.float32)]])
def test_nothing_to_write(blocks):
    with pytest.raises(CalmError, match="no sound to save"):
        measured(blocks, RATE, 2)


@pytest.mark.parametrize(("integrated", "peak", "target", "gain"), [
    (-20, -10, None, 0),
    (-20, -10, -14, 6),
    (-20, -10, -23, -3),
    (-10, 0.5, -14, -4),
    (-20, -4, -14, 3),  # 6 would take the peak to +2: the ceiling of -1 allows 3
    (-14, 0, -14, -1),  # even at its own loudness
])  # fmt: skip
def test_the_gain_reaches_the_target_or_the_ceiling(integrated, peak, target, gain):
    assert gain_for(loudness(integrated, peak), target) == gain


def test_what_has_no_loudness_cannot_be_brought_to_one():
    with pytest.raises(CalmError, match="Export without a loudness target"):
        gain_for(loudness(-math.inf, -3), -14)
    assert gain_for(loudness(-math.inf, -3), None) == 0


@pytest.mark.parametrize("gain", [-7.25, 0.0, 4.5])
def test_the_loudness_after_a_gain_is_what_would_be_measured(gain):
    samples = noise(4)
    after = measure(next(iter(amplified([samples], gain))), RATE)
    for name, value in vars(louder(measure(samples, RATE), gain)).items():
        assert value == pytest.approx(getattr(after, name), abs=1e-3), name


def test_no_gain_changes_no_bit():
    samples = noise()
    samples[0, 0] = -0.0
    assert next(iter(amplified([samples], 0.0))).tobytes() == samples.tobytes()
