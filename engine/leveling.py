"""Keeping the level: a continuation is as loud as its prompt was, and moves about that as much.

What is held in latents (`engine.hold`) is the mean of levels in dB, which says little of the power: that is made by the
loudest moments. So the power itself is watched, and what is spoken turned up or down, for two things:

- what its mean over some seconds is off the prompt's: stretches of 3 s of 20 unseen songs, continued for 24 s, then
  differ from their prompts by 1.3 dB (rms; what really follows by 1.9), and without it by 2.6;
- what its moments leave that mean by more than the prompt's did. The notes that a model writes stop and start less
  together than played ones, so power comes and goes: half seconds of 40 unseen songs vary by 2.6 dB (standard
  deviation; what really follows by 1.4), and so by 1.9. What really follows would hardly be touched (0.35 dB, rms).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

LEVEL_SECONDS = 4.0  # two bars: what is slower is not meant
START_SECONDS = 0.5  # for which the prompt's own power counts at the cut
LEFT_ALONE = 0.5  # dB of the mean that nobody hears
SOFTEST, LOUDEST = -6.0, 3.0  # dB of gain: a pause in the music must not be filled with noise
# Of a moment. Over 80 ms half seconds would vary by 1.85 dB, over 300 ms by 2.1; but attacks are as short as 80 ms.
MOMENT_SECONDS = 0.15
LISTENED_SECONDS, BLOCK_SECONDS = 12.0, 0.04  # of a prompt's end, which is listened to as a take is: frame by frame
LEAST_SPREAD = 1.0  # dB: what was quite even must not freeze what follows
QUIETEST = 1e-8  # mean square, -80 dB


@dataclass(frozen=True)
class Level:
    """The prompt's ``power``, a mean square, and the ``spread`` of its moments about the mean, in dB; a power of None:
    nothing is kept. ``recent`` is the mean square of what was spoken, over ``samples``, which become no more than
    ``most``, ``moment`` that over the last ``short`` samples, and ``wander`` the mean square, in dB, of what that was
    off the other."""

    power: float | None
    spread: float
    recent: float
    samples: float
    most: float
    moment: float
    short: float
    wander: float

    @property
    def gain(self) -> float:
        """By which what is spoken next is multiplied."""
        if self.power is None:
            return 1.0
        off = _decibels(self.power, self.recent)
        mean = np.sign(off) * max(0.0, abs(off) - LEFT_ALONE)
        share = min(1.0, self.spread / math.sqrt(self.wander)) - 1
        moment = share * self.deviation
        return float(10 ** (np.clip(mean + moment, SOFTEST, LOUDEST) / 20))

    @property
    def deviation(self) -> float:
        """dB by which the last moment is louder than the mean."""
        return _decibels(self.moment, self.recent)


def level_of(source: np.ndarray, rate: int) -> Level:
    """That of the end of a prompt (2, N) at ``rate``."""
    power, most = mean_square(source[:, -round(LEVEL_SECONDS * rate) :]), LEVEL_SECONDS * rate
    begun = Level(power, LEAST_SPREAD, power, most, most, power, MOMENT_SECONDS * rate, LEAST_SPREAD**2)
    level, deviations = begun, []
    part, size = source[:, -round(LISTENED_SECONDS * rate) :], round(BLOCK_SECONDS * rate)
    for start in range(0, part.shape[1], size):
        level = listened(level, part[:, start : start + size])
        deviations.append(level.deviation)
    spread = max(LEAST_SPREAD, float(np.sqrt(np.mean(np.square(deviations)))))
    return replace(begun, spread=spread, samples=START_SECONDS * rate, wander=spread**2)


def free_level() -> Level:
    """Where nothing went before."""
    return Level(None, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def listened(level: Level, block: np.ndarray) -> Level:
    """The level once ``block`` (2, n) was spoken, before any gain."""
    count = block.shape[1]
    if level.power is None or not count:
        return level
    samples = min(level.samples + count, level.most)
    power = mean_square(block)
    after = replace(
        level,
        recent=_towards(level.recent, power, count / samples),
        samples=samples,
        moment=_towards(level.moment, power, count / level.short),
    )
    return replace(after, wander=_towards(level.wander, after.deviation**2, count / level.most))


def mean_square(samples: np.ndarray) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64)))


def _towards(mean: float, value: float, share: float) -> float:
    share = min(1.0, share)
    return (1 - share) * mean + share * value


def _decibels(power: float, other: float) -> float:
    return 10 * math.log10(max(power, QUIETEST) / max(other, QUIETEST))
