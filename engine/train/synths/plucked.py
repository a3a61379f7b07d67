"""Plucked strings: the string of Karplus and Strong (1983), mode by mode, so that it is in tune at every pitch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.train.synths.partials import evened, moments, partials

MOST_MODES = 80


@dataclass(frozen=True)
class Plucked:
    """A string plucked at `place` (share of its length) that rings for `ringing` seconds (60 dB, at 220 Hz); `damping`
    says how much sooner its high modes die, `stiffness` how far they are too sharp, `rough` how uneven they are."""

    seed: int
    place: float
    ringing: float
    damping: float
    stiffness: float
    rough: float
    bright: float

    def tone(self, hertz: float, samples: int, force: float, rate: int) -> np.ndarray:
        rng = np.random.default_rng((self.seed, round(hertz * 16)))
        k = np.arange(1, min(MOST_MODES, int(0.44 * rate / hertz)) + 1)
        # Karplus and Strong fill the string with noise; a finger fills it by where it plucks (Jaffe and Smith 1983).
        uneven = 1 + self.rough * rng.uniform(-0.9, 1.0, len(k))
        comb = 0.1 + np.abs(np.sin(np.pi * k * self.place))
        plucked = uneven * comb * k ** -(self.bright + 0.8 * (1 - force))
        rates = 6.9 / self.ringing * (hertz / 220) ** 0.6 * (1 + self.damping * (k - 1) ** 1.5)
        levels = evened(plucked) * np.exp(-moments(samples, rate)[:, None] * rates)
        modes = k * hertz * np.sqrt((1 + self.stiffness * k**2) / (1 + self.stiffness))
        return partials(modes, 2 * levels, rng.uniform(0, 2 * np.pi, len(k)), samples, rate)


def plucked(rng: np.random.Generator) -> Plucked:
    """A patch, from muted gut to long steel."""
    return Plucked(
        int(rng.integers(2**31)), rng.uniform(0.05, 0.45), float(np.exp(rng.uniform(np.log(0.6), np.log(8)))),
        float(np.exp(rng.uniform(np.log(0.003), np.log(0.15)))), float(np.exp(rng.uniform(np.log(1e-6), np.log(3e-4)))),
        rng.uniform(0, 1), rng.uniform(0.3, 1.3),
    )  # fmt: skip
