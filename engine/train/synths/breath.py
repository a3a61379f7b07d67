"""Noise with a pitch: bowed glass, blown pipes, wind over bottles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft

from engine.train.synths.partials import evened, partials

CIRCLE = 2**16  # samples after which the noise comes again, without a seam


@dataclass(frozen=True)
class Breath:
    """Bands of noise, `width` of a partial's frequency wide, around the partials of a pitch that has a `core` of sines
    (0..1); the partials fall by `tilt`, and what is left is plain wind."""

    seed: int
    width: float
    core: float
    tilt: float
    wind: float

    def tone(self, hertz: float, samples: int, force: float, rate: int) -> np.ndarray:
        rng = np.random.default_rng((self.seed, round(hertz * 16)))
        k = np.arange(1, min(16, int(0.44 * rate / hertz)) + 1)
        levels = k ** -(self.tilt + 0.6 * (1 - force))
        noise = np.resize(self._circle(rng, k * hertz, levels, rate), samples)
        sines = partials(k * hertz, evened(levels), rng.uniform(0, 2 * np.pi, len(k)), samples, rate)
        return noise * np.float32(1 - self.core) + sines * np.float32(self.core)

    def _circle(self, rng: np.random.Generator, hertz: np.ndarray, levels: np.ndarray, rate: int) -> np.ndarray:
        """Noise (CIRCLE,) shaped bin by bin, so that it closes upon itself."""
        bins = np.arange(CIRCLE // 2 + 1) * (rate / CIRCLE)
        shape = self.wind / (1 + (bins / 1500) ** 2)
        for centre, level in zip(hertz, levels, strict=True):
            wide = self.width * centre
            near = slice(*np.searchsorted(bins, (centre - 4 * wide, centre + 4 * wide)))
            shape[near] += level * (20 / wide) ** 0.5 * np.exp(-(((bins[near] - centre) / wide) ** 2))
        turned = np.exp(2j * np.pi * rng.random(len(bins), np.float32))
        noise = fft.irfft((shape * turned).astype(np.complex64), CIRCLE)
        return noise * np.float32(0.14 / noise.std())


def breath(rng: np.random.Generator) -> Breath:
    """A patch, from nearly a flute to nearly wind."""
    return Breath(
        int(rng.integers(2**31)), float(np.exp(rng.uniform(np.log(0.002), np.log(0.04)))), rng.uniform(0.25, 0.6),
        rng.uniform(0.5, 2.5), float(rng.choice((0.005, 0.05, 0.2))),
    )  # fmt: skip
