"""Textures without a pitch: wind, surf, rain, machines and risers, as long as a song, each side its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import fft

CIRCLE = 2**18  # samples after which a band of noise comes again, without a seam
CONTROL = 50  # points a second of a level that moves


def _band(rng: np.random.Generator, low: float, high: float, samples: int, rate: int) -> np.ndarray:
    """Noise (2, samples) of power 1 between two frequencies, with soft edges."""
    bins = np.maximum(np.arange(CIRCLE // 2 + 1) * (rate / CIRCLE), 1e-3)
    shape = 1 / (1 + (low / bins) ** 4) / (1 + (bins / high) ** 4)
    turned = np.exp(2j * np.pi * rng.random((2, len(bins)), np.float32))
    circle = fft.irfft((shape * turned).astype(np.complex64), CIRCLE)
    circle /= circle.std()
    return np.tile(circle, -(-samples // CIRCLE))[:, :samples]


def _moving(levels: np.ndarray, samples: int) -> np.ndarray:
    """Levels (n,) spread over the samples, in straight lines."""
    return np.interp(np.linspace(0, len(levels) - 1, samples), np.arange(len(levels)), levels).astype(np.float32)


def _wandering(rng: np.random.Generator, samples: int, rate: int, seconds: float) -> np.ndarray:
    """A level 0..1 that goes elsewhere every so many seconds."""
    return _moving(rng.uniform(0, 1, max(2, round(samples / rate / seconds))) ** 2, samples)


def _wind(rng: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    edges = (80, 300, 900, 2500)
    return sum(
        _band(rng, low, 2.5 * low, samples, rate) * _wandering(rng, samples, rate, 3) * np.float32(300 / (low + 300))
        for low in edges
    )


def _surf(rng: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    waves = np.sin(np.arange(samples) * (2 * np.pi * rng.uniform(0.08, 0.2) / rate)).astype(np.float32)
    low, high = _band(rng, 60, 700, samples, rate), _band(rng, 1500, 9000, samples, rate)
    return low * (0.6 + 0.4 * waves) + 0.4 * high * np.maximum(waves, 0) ** 2


def _rain(rng: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """Drops at random over a hiss."""
    drops = np.zeros((2, samples), np.float32)
    count = round(samples / rate * rng.uniform(40, 300))
    drops[rng.integers(0, 2, count), rng.integers(0, samples, count)] = rng.exponential(1.0, count)
    ring = np.exp(-np.arange(200) / 30) * np.sin(np.arange(200) * 2 * np.pi * rng.uniform(1500, 5000) / rate)
    heard = np.stack([np.convolve(side, ring.astype(np.float32))[:samples] for side in drops])
    return 3 * heard + 0.15 * _band(rng, 1000, 12_000, samples, rate)


def _machine(rng: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """A hum with its overtones, chopped."""
    turns = np.arange(samples) * (rng.uniform(35, 130) / rate)
    hum = np.tanh(4 * np.sin(2 * np.pi * (turns - np.floor(turns)))).astype(np.float32)
    chopped = (np.sin(np.arange(samples) * (2 * np.pi * rng.uniform(1, 9) / rate)) > -0.3).astype(np.float32)
    smooth = np.convolve(chopped, np.full(96, 1 / 96, np.float32), "same")
    return 0.4 * hum + _band(rng, 200, 4000, samples, rate) * smooth * 0.6


def _risers(rng: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """Noise that climbs from low to high, again and again."""
    place = (np.arange(samples) / (rate * rng.uniform(2, 8)) % 1).astype(np.float32)
    low, middle, high = (_band(rng, *edges, samples, rate) for edges in ((150, 600), (800, 3000), (4000, 14_000)))
    end = np.minimum(1, (1 - place) * 60)
    near = [np.maximum(0, 1 - np.abs(2 * place - centre)) for centre in (0.0, 1.0, 2.0)]
    return (low * near[0] + 0.7 * middle * near[1] + 0.5 * high * near[2]) * (0.2 + 0.8 * place) * end


TEXTURES: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "wind": _wind, "surf": _surf, "rain": _rain, "machine": _machine, "risers": _risers,
}  # fmt: skip


def texture(name: str, rng: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """A texture of TEXTURES, float32 (2, samples)."""
    return TEXTURES[name](rng, samples, rate).astype(np.float32)
