"""What happens to sound on its way: overloads, converters, tapes, records, telephones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.train.effects.dynamics import saturated
from engine.train.effects.motion import wow
from engine.train.effects.tone import band_limited, curved


def _clipped(audio: np.ndarray, rng: np.random.Generator, _rate: int) -> np.ndarray:
    """Cut off where one sample in fifty to one in four is louder."""
    share = np.exp(rng.uniform(np.log(0.02), np.log(0.25)))
    edge = np.float32(np.quantile(np.abs(audio[:, ::17]), 1 - share))
    return np.clip(audio, -edge, edge)


def _crushed(audio: np.ndarray, rng: np.random.Generator, _rate: int) -> np.ndarray:
    """A sampler of the eighties: each sample held for two to six, five to ten bits of the peak."""
    hold, steps = int(rng.integers(2, 7)), 2.0 ** int(rng.integers(4, 10))
    held = np.repeat(audio[:, ::hold], hold, axis=1)[:, : audio.shape[1]]
    step = np.float32(max(np.abs(audio).max(), 1e-6) / steps)
    return np.round(held / step) * step


def _small_speaker(audio: np.ndarray, rng: np.random.Generator, rate: int) -> np.ndarray:
    """A telephone or a kitchen radio."""
    return saturated(band_limited(audio, rng.uniform(150, 400), rng.uniform(3000, 7000), rate), rng.uniform(0, 10))


def _taped(audio: np.ndarray, rng: np.random.Generator, rate: int) -> np.ndarray:
    """A cassette: wavers, saturates, hisses, and ends somewhere between 7 and 13 kHz."""
    driven = saturated(wow(audio, rng, rate), rng.uniform(2, 12), rng.uniform(0, 0.2))
    edge = rng.uniform(7000, 13_000)
    dull = curved(driven, np.array((edge / 2, edge, 20_000)), np.array((0.0, -3, -30)), rate)
    return dull + _hiss(rng, dull, rng.uniform(-55, -35))


def _record(audio: np.ndarray, rng: np.random.Generator, rate: int) -> np.ndarray:
    """A worn record: crackle, hiss, no edge."""
    clicks, count = np.zeros_like(audio), round(audio.shape[1] / rate * rng.uniform(5, 60))
    size = rng.exponential(0.15, count) * np.abs(audio).max() * rng.choice((-1, 1), count)
    clicks[rng.integers(0, 2, count), rng.integers(0, audio.shape[1], count)] = size
    dirty = audio + clicks + _hiss(rng, audio, rng.uniform(-60, -45))
    return curved(dirty, np.array((6000.0, 18_000)), np.array((0.0, -18)), rate)


def _noisy(audio: np.ndarray, rng: np.random.Generator, _rate: int) -> np.ndarray:
    return audio + _hiss(rng, audio, rng.uniform(-45, -20))


def _hiss(rng: np.random.Generator, audio: np.ndarray, decibels: float) -> np.ndarray:
    level = np.sqrt(np.square(audio).mean()) * 10 ** (decibels / 20)
    return rng.standard_normal(audio.shape, dtype=np.float32) * np.float32(level)


WEAR: dict[str, Callable[[np.ndarray, np.random.Generator, int], np.ndarray]] = {
    "clipped": _clipped, "crushed": _crushed, "small speaker": _small_speaker, "tape": _taped, "record": _record,
    "noisy": _noisy,
}  # fmt: skip
