"""Frequency modulation (Chowning 1973): two sines bend the phase of a third."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RATIOS = (0.5, 1, 1, 2, 2, 3, 4, 5, 7, 9, 1.414, 3.53)  # of modulator to carrier; the last two ring like metal
HIGHEST_SIDEBAND = 18_000.0  # Hz: the index is held back where sidebands would fold


@dataclass(frozen=True)
class Modulation:
    """A modulator at `ratio` of the pitch; its index falls from `index` to a `rest` of that, in `decay` seconds."""

    ratio: float
    index: float
    rest: float
    decay: float


@dataclass(frozen=True)
class FM:
    """Modulations side by side, and how fast the note itself dies, in 1/s."""

    modulations: tuple[Modulation, ...]
    dying: float

    def tone(self, hertz: float, samples: int, force: float, rate: int) -> np.ndarray:
        seconds = np.arange(samples, dtype=np.float32) / np.float32(rate)
        phase = _sine(hertz, samples, rate, self._index(hertz, seconds, force, samples, rate))
        return 0.28 * phase * np.exp(np.float32(-self.dying) * seconds)

    def _index(self, hertz: float, seconds: np.ndarray, force: float, samples: int, rate: int) -> np.ndarray:
        bend = np.zeros(samples, np.float32)
        for each in self.modulations:
            most = max(HIGHEST_SIDEBAND - hertz, 0) / (each.ratio * hertz) - 1
            index = max(0.0, min(each.index * (0.3 + 0.7 * force), most))
            falling = each.rest + (1 - each.rest) * np.exp(seconds / np.float32(-each.decay))
            bend += np.float32(index) * falling * _sine(each.ratio * hertz, samples, rate, np.float32(0))
        return bend


def _sine(hertz: float, samples: int, rate: int, bend: np.ndarray) -> np.ndarray:
    turns = np.arange(samples) * (hertz / rate)
    return np.sin((turns - np.floor(turns)).astype(np.float32) * np.float32(2 * np.pi) + bend)


def fm(rng: np.random.Generator) -> FM:
    """A patch: struck or held, with one or two modulators."""
    modulations = tuple(
        Modulation(
            float(rng.choice(RATIOS)), rng.uniform(0.3, 4.0) / (1 + 2 * number), rng.uniform(0, 0.7),
            float(np.exp(rng.uniform(np.log(0.05), np.log(2)))),
        )
        for number in range(int(rng.integers(1, 3)))
    )  # fmt: skip
    return FM(modulations, float(rng.choice((0.0, 0.0, 1.0, 2.5, 5.0))))
