"""Voices: a glottis's partials through the formants of a vowel that turns into another, breath, and consonants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from engine.train.synths.partials import evened, moments, partials

# Hertz of the first three formants of a man, after Peterson and Barney (1952).
VOWELS = {
    "a": (730, 1090, 2440), "e": (530, 1840, 2480), "i": (270, 2290, 3010), "o": (570, 840, 2410),
    "u": (300, 870, 2240), "er": (490, 1350, 1690),
}  # fmt: skip
HIGHER = (3400, 4500)  # formants that hardly move
LEVELS = np.array((1.0, 0.6, 0.3, 0.2, 0.12))
MOST_PARTIALS = 90
CONSONANT = 0.07  # seconds
STAGES = 12  # of a vowel on its way to another


@dataclass(frozen=True)
class Voice:
    """A singer whose formants lie `size` times as high as a man's; `breath` and `consonants` are levels 0..1."""

    seed: int
    size: float
    breath: float
    consonants: float
    tilt: float
    changing: float

    def tone(self, hertz: float, samples: int, force: float, rate: int) -> np.ndarray:
        rng = np.random.default_rng((self.seed, round(hertz * 16), round(100 * force)))
        first, second = (np.array((*VOWELS[name], *HIGHER)) * self.size for name in rng.choice(list(VOWELS), 2))
        k = np.arange(1, min(MOST_PARTIALS, int(0.44 * rate / hertz)) + 1)
        glottis = k ** -(self.tilt + 0.5 * (1 - force))
        stages = glottis * _heard(k * hertz, np.linspace(first, second, STAGES)[:, None])
        levels = evened(_between(stages, 1 - np.exp(-moments(samples, rate) / self.changing)))
        sung = partials(k * hertz, levels, rng.uniform(0, 0.5, len(k)), samples, rate)
        return sung + self._noise(rng, first, samples, rate)

    def _noise(self, rng: np.random.Generator, formants: np.ndarray, samples: int, rate: int) -> np.ndarray:
        noise = rng.standard_normal(samples, dtype=np.float32)
        edges = (formants[1] * 0.8, min(formants[2] * 1.5, 0.45 * rate))
        breath = sosfilt(butter(1, edges, "band", fs=rate, output="sos"), noise).astype(np.float32)
        onset = np.exp(-np.arange(samples, dtype=np.float32) / np.float32(CONSONANT / 3 * rate))
        hiss = np.diff(noise, prepend=np.float32(0)) * onset
        return np.float32(0.15 * self.breath) * breath + np.float32(0.12 * self.consonants) * hiss


def _between(stages: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Stages (STAGES, K) at shares (moments,) of the way from the first to the last: (moments, K)."""
    place = share * (len(stages) - 1)
    before = np.minimum(place.astype(int), len(stages) - 2)
    part = (place - before)[:, None]
    return stages[before] * (1 - part) + stages[before + 1] * part


def _heard(hertz: np.ndarray, formants: np.ndarray) -> np.ndarray:
    """Gains (stages, K) of partials at `hertz` (K,) by formants (stages, 1, F), each 80 Hz and a tenth wide."""
    distance = (hertz[None, :, None] - formants) / (80 + 0.1 * formants)
    return 0.02 + (LEVELS / (1 + distance**2)).sum(-1)


def voice(rng: np.random.Generator) -> Voice:
    """A patch: from a deep man to a child, pure or breathy, humming or speaking."""
    return Voice(
        int(rng.integers(2**31)), rng.uniform(0.9, 1.35), rng.uniform(0, 1), float(rng.choice((0.0, 0.5, 1.0))),
        rng.uniform(0.4, 1.2), rng.uniform(0.1, 1.0),
    )  # fmt: skip
