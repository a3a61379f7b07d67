"""What is heard, measured as it goes by: peak, RMS, true peak and loudness, by the filters of `engine.loudness`.

Threads: a meter belongs to one thread. It is fed with what was heard (`Player.heard`), never by the sound card's.
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.loudness import MOMENTARY, SHORT_TERM, Power, TruePeak, decibels, integrated, lufs, windows

RMS_SECONDS = 0.3
_WEIGHED_SECONDS = 0.1  # at a time: loudness moves in such steps; blocks of 33 ms would cost three times as much


@dataclass(frozen=True)
class Reading:
    """Pairs are (left, right), levels dB of full scale, -inf for silence and for what was not heard long enough.

    `peaks` are of the last block, `rms` of the last 0.3 s; a full sine has an RMS of -3.01. `highest` are the peaks and
    `true_peak` the true peak (dBTP) of all since the meter began, `integrated` its loudness; `momentary` is that of the
    last 0.4 s, `short_term` of the last 3 s (LUFS).
    """

    peaks: tuple[float, float]
    rms: tuple[float, float]
    highest: tuple[float, float]
    true_peak: float
    momentary: float
    short_term: float
    integrated: float


NOTHING = (-math.inf, -math.inf)
SILENCE = Reading(NOTHING, NOTHING, NOTHING, *(-math.inf,) * 4)


class LiveMeter:
    """Begins with what is `add`ed first, sound of two channels at `rate` Hz."""

    def __init__(self, rate: int):
        self.rate = rate
        self._power, self._true_peak = Power(rate, 2), TruePeak(rate, 2)
        self._last = np.zeros((2, round(RMS_SECONDS * rate)), np.float32)
        self._unweighed = np.zeros((2, 0), np.float32)
        self._highest = np.zeros(2, np.float32)
        self._loudness = (-math.inf,) * 3

    def add(self, samples: np.ndarray) -> Reading:
        """Take in float32 (2, n), full scale +-1."""
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)  # or the loudness would never come back
        peaks = np.abs(samples).max(axis=1, initial=0.0)
        self._highest = np.maximum(self._highest, peaks)
        self._last = np.concatenate((self._last, samples), axis=1)[:, -self._last.shape[1] :]
        self._true_peak.add(samples)
        self._weigh(samples)
        rms = np.square(self._last).mean(axis=1, dtype=np.float64)
        levels = (_pair(peaks**2), _pair(rms), _pair(self._highest**2))
        return Reading(*levels, decibels(self._true_peak.highest**2), *self._loudness)

    def _weigh(self, samples: np.ndarray) -> None:
        self._unweighed = np.concatenate((self._unweighed, samples), axis=1)
        if self._unweighed.shape[1] >= _WEIGHED_SECONDS * self.rate:
            self._power.add(self._unweighed)
            self._unweighed = self._unweighed[:, :0]
            steps = self._power.steps
            self._loudness = (_last(steps, MOMENTARY), _last(steps, SHORT_TERM), integrated(steps))


def _last(steps: np.ndarray, length: int) -> float:
    found = windows(steps[-length:], length)
    return lufs(found[0]) if found.size else -math.inf


def _pair(powers: np.ndarray) -> tuple[float, float]:
    return decibels(float(powers[0])), decibels(float(powers[1]))
