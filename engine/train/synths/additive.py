"""Additive synthesis: organs, whose partials stay, and bars, bells and glasses, whose partials die one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.train.synths.partials import evened, moments, partials

DRAWBARS = (0.5, 1.5, 1, 2, 3, 4, 5, 6, 8)  # of the pitch, as on a Hammond organ
# Partials of what is struck, by Fletcher and Rossing, The Physics of Musical Instruments (1998), from the heard pitch.
STRUCK = {
    "bar": (1, 2.756, 5.404, 8.933, 13.34),
    "marimba": (1, 3.932, 9.538, 16.69),
    "tube": (1, 1.5, 2.0, 2.51, 3.01, 3.5, 4.2),
    "bell": (1, 0.5, 1.2, 1.5, 2.0, 2.5, 2.67, 3.0, 4.0),
    "glass": (1, 2.32, 4.25, 6.63, 9.38),
    "tine": (1, 6.27, 17.55, 2.0, 3.0),
}


@dataclass(frozen=True)
class Additive:
    """Partials at `ratios` of the pitch with their `levels`; each dies by 60 dB in `decay` seconds at 440 Hz over its
    ratio, or stays where that is infinite."""

    seed: int
    kind: str
    ratios: tuple[float, ...]
    levels: tuple[float, ...]
    decay: float

    def tone(self, hertz: float, samples: int, force: float, rate: int) -> np.ndarray:
        ratios, levels = np.array(self.ratios), np.array(self.levels)
        if np.isfinite(self.decay):
            levels = levels * ratios ** (0.8 * (force - 1))  # what is struck softly is darker
            rates = 6.9 * np.maximum(ratios, 0.7) / self.decay * (hertz / 440) ** 0.5
            levels = levels * np.exp(-moments(samples, rate)[:, None] * rates)
        phases = np.random.default_rng((self.seed, round(hertz * 16))).uniform(0, 2 * np.pi, len(ratios))
        return partials(ratios * hertz, evened(levels), phases, samples, rate)


def additive(rng: np.random.Generator) -> Additive:
    """A patch: an organ's registration as often as something struck."""
    seed = int(rng.integers(2**31))
    if rng.random() < 0.4:
        drawn = rng.integers(0, 9, len(DRAWBARS)) * (rng.random(len(DRAWBARS)) < 0.6)
        drawn[2] = 8  # the pitch itself is always heard
        return Additive(seed, "organ", DRAWBARS, tuple((drawn / 8).tolist()), np.inf)
    kind = str(rng.choice(list(STRUCK)))
    levels = rng.uniform(0.15, 0.8, len(STRUCK[kind]))
    levels[0] = 1.0
    return Additive(seed, kind, STRUCK[kind], tuple(levels.tolist()), float(np.exp(rng.uniform(0, np.log(8)))))
