"""Subtractive synthesis: saws, squares and pulses, several a little out of tune, through a resonant low-pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.train.synths.partials import evened, moments, partials

MOST_PARTIALS = 120  # of all voices together
WAVES = ("saw", "square", "pulse")


@dataclass(frozen=True)
class Unison:
    """`voices` oscillators within `cents` of each other; the low-pass opens from `low` to `high` times the pitch and
    falls back within `closing` seconds; `resonance` is the bump at its edge."""

    seed: int
    wave: str
    width: float
    voices: int
    cents: float
    low: float
    high: float
    closing: float
    resonance: float

    def tone(self, hertz: float, samples: int, force: float, rate: int) -> np.ndarray:
        detune = 2 ** (np.linspace(-0.5, 0.5, self.voices) * self.cents / 1200) if self.voices > 1 else np.ones(1)
        k = np.arange(1, min(MOST_PARTIALS // self.voices, int(0.44 * rate / hertz)) + 1)
        levels = evened(self._wave(k) * self._filter(k, moments(samples, rate)[:, None], force))
        phases = np.random.default_rng((self.seed, round(hertz * 16))).uniform(0, 2 * np.pi, (self.voices, len(k)))
        return partials(
            np.outer(detune * hertz, k).ravel(), np.tile(levels / self.voices**0.5, self.voices),
            phases.ravel(), samples, rate,
        )  # fmt: skip

    def _wave(self, k: np.ndarray) -> np.ndarray:
        match self.wave:
            case "saw":
                return 1 / k
            case "square":
                return (k % 2) / k
            case _:
                return np.abs(np.sin(np.pi * k * self.width)) / k

    def _filter(self, k: np.ndarray, seconds: np.ndarray, force: float) -> np.ndarray:
        """Gains (moments, K): 12 dB an octave above the edge."""
        edge = self.low + (self.high - self.low) * (0.4 + 0.6 * force) * np.exp(-seconds / self.closing)
        over = k / edge
        return (1 + self.resonance * np.exp(-((np.log2(over) / 0.3) ** 2))) / (1 + over**2)


def unison(rng: np.random.Generator) -> Unison:
    """A patch, from thin and closed to wide and bright."""
    voices = int(rng.choice((1, 1, 2, 3, 5)))
    low = rng.uniform(1.5, 10)
    return Unison(
        int(rng.integers(2**31)), str(rng.choice(WAVES)), rng.uniform(0.1, 0.45), voices, rng.uniform(4, 20),
        low, low * rng.uniform(1, 8), rng.choice((0.08, 0.3, 1.0, 4.0)) * rng.uniform(0.7, 1.4), rng.uniform(0, 3),
    )  # fmt: skip
