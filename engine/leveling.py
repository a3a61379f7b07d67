"""Keeping the level: a continuation is as loud as its prompt was, over some seconds.

What is held in latents (`engine.hold`) is the mean of levels in dB, which says little of the power: that is made by the
loudest moments. So the power itself is watched, and what is spoken turned up or down for what it is off: stretches of
3 s of 20 unseen songs, continued for 24 s, then differ from their prompts by 1.3 dB (rms; what really follows by 1.9),
and without it by 2.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

LEVEL_SECONDS = 4.0  # two bars: what is faster is music
START_SECONDS = 0.5  # for which the prompt's own power counts at the cut
LEFT_ALONE = 0.5  # dB that nobody hears
SOFTEST, LOUDEST = -6.0, 3.0  # dB of gain: a pause in the music must not be filled with noise


@dataclass(frozen=True)
class Level:
    """The prompt's ``power``, a mean square; None: nothing is kept. ``recent`` is the mean square of what was spoken,
    over ``samples``, which become no more than ``most``."""

    power: float | None
    recent: float
    samples: float
    most: float

    @property
    def gain(self) -> float:
        """By which what is spoken next is multiplied."""
        if self.power is None:
            return 1.0
        off = 10 * np.log10(self.power / max(self.recent, 1e-12))
        decibels = np.sign(off) * max(0.0, abs(off) - LEFT_ALONE)
        return float(10 ** (np.clip(decibels, SOFTEST, LOUDEST) / 20))


def level_of(source: np.ndarray, rate: int) -> Level:
    """That of the end of a prompt (2, N) at ``rate``."""
    power = mean_square(source[:, -round(LEVEL_SECONDS * rate) :])
    return Level(power, power, START_SECONDS * rate, LEVEL_SECONDS * rate)


def free_level() -> Level:
    """Where nothing went before."""
    return Level(None, 0.0, 0.0, 0.0)


def listened(level: Level, block: np.ndarray) -> Level:
    """The level once ``block`` (2, n) was spoken, before any gain."""
    if level.power is None or not block.shape[1]:
        return level
    samples = min(level.samples + block.shape[1], level.most)
    share = min(1.0, block.shape[1] / samples)
    return replace(level, recent=(1 - share) * level.recent + share * mean_square(block), samples=samples)


def mean_square(samples: np.ndarray) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64)))
