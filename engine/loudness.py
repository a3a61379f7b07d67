"""How loud a sound is, by ITU-R BS.1770-5 and EBU R 128: integrated, momentary, short-term, range and true peak.

The K weighting is applied as a frequency response, not as a recursion: it is then the same at every sample rate, and
numpy is all that it needs.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import soxr

from engine.metadata.values import Loudness

ABSOLUTE_GATE = -70.0  # LUFS, BS.1770-5 annex 1
RELATIVE_GATE = -10.0  # LU, the same
RANGE_GATE = -20.0  # LU, EBU Tech 3342 clause 4
STEPS_A_SECOND = 10
MOMENTARY, SHORT_TERM = 4, 30  # steps: 0.4 s, 3 s
OVERSAMPLING = 4
# The response of the K weighting to an impulse has fallen below -200 dB after this time: its high-pass is the slower
# of its two filters and falls by 1,040 dB in a second.
_REACH_SECONDS = 0.2
_BLOCK = 1 << 16

_SHELF_HZ, _SHELF_Q = 1681.974450955533, 0.7071752369554196
_SHELF_GAIN, _SHELF_BEND = 10 ** (3.999843853973347 / 20), 0.4996667741545416
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_HIGH_PASS_GAIN = 1.004995  # the numerator of table 2 is left at 1, -2, 1: 0.04 dB


class Meter:
    """Measures sound of `channels` (1 or 2) at `rate` Hz that comes block by block: `add` them all, then `finish`.

    A value is -inf for silence, and for a sound shorter than what it is measured over: 0.4 s for `integrated` and
    `momentary`, 3 s for `short_term`. `spread` is 0 there.
    """

    def __init__(self, rate: int, channels: int):
        self._power, self._peak = Power(rate, channels), TruePeak(rate, channels)

    def add(self, samples: np.ndarray) -> None:
        """Take in float32 (channels, n), full scale +-1."""
        for at in range(0, samples.shape[1], _BLOCK):
            block = samples[:, at : at + _BLOCK]
            self._peak.add(block)
            self._power.add(block)

    def finish(self) -> Loudness:
        """The figures of all that was added; nothing can be added any more."""
        self._peak.finish()
        steps = self._power.steps
        momentary, short_term = windows(steps, MOMENTARY), windows(steps, SHORT_TERM)
        return Loudness(
            integrated=integrated(steps),
            spread=_spread(short_term),
            true_peak=decibels(self._peak.highest**2),
            momentary=lufs(momentary.max(initial=0.0)),
            short_term=lufs(short_term.max(initial=0.0)),
        )


class TruePeak:
    """`highest` is the true peak of what was added, full scale 1.0 (BS.1770-5 annex 2), but for its last millisecond
    before `finish`. The samples count too: resampling drops what is just below the half rate."""

    def __init__(self, rate: int, channels: int):
        self.highest = 0.0
        self._nothing = np.zeros((channels, 0), np.float32)
        self._finer = soxr.ResampleStream(rate, OVERSAMPLING * rate, channels)

    def add(self, block: np.ndarray, last: bool = False) -> None:
        between = self._finer.resample_chunk(np.ascontiguousarray(block.T), last=last)
        self.highest = float(max(self.highest, np.abs(block).max(initial=0.0), np.abs(between).max(initial=0.0)))

    def finish(self) -> None:
        self.add(self._nothing, last=True)


class Power:
    """`steps` are the mean squares of the weighted sound, summed over channels, in every 0.1 s of what was added."""

    def __init__(self, rate: int, channels: int):
        self._step = round(rate / STEPS_A_SECOND)
        self._rate = rate
        self._past = np.zeros((channels, round(rate * _REACH_SECONDS)), np.float32)
        self._power = np.zeros(0, np.float32)
        self._steps: list[np.ndarray] = []

    def add(self, block: np.ndarray) -> None:
        heard = np.concatenate((self._past, block), axis=1)
        self._past = heard[:, heard.shape[1] - self._past.shape[1] :]
        weighted = _weighted(heard, self._rate)[:, -block.shape[1] :]
        power = np.concatenate((self._power, np.square(weighted).sum(axis=0)))
        whole = power.size // self._step * self._step
        self._steps.append(power[:whole].reshape(-1, self._step).mean(axis=1, dtype=np.float64))
        self._power = power[whole:]

    @property
    def steps(self) -> np.ndarray:
        if len(self._steps) != 1:
            self._steps = [np.concatenate([np.zeros(0), *self._steps])]
        return self._steps[0]


def integrated(steps: np.ndarray) -> float:
    """Of all `steps` of a Power, gated, in LUFS; -inf for less than 0.4 s."""
    momentary = windows(steps, MOMENTARY)
    return lufs(_gated(momentary, RELATIVE_GATE).mean()) if momentary.size else -math.inf


def measure(samples: np.ndarray, rate: int) -> Loudness:
    """The loudness of float32 (1 or 2, N), full scale +-1, at `rate` Hz."""
    meter = Meter(rate, samples.shape[0])
    meter.add(samples)
    return meter.finish()


def k_weighting(frequencies: np.ndarray) -> np.ndarray:
    """Complex response at `frequencies` in Hz of the two filters of BS.1770-5 annex 1, tables 1 and 2.

    The tables give digital filters at 48 kHz and ask for the same response at other rates, which this is; from 24 kHz
    on it stays level. The figures are of the analogue filters that they are the bilinear transforms of (De Man,
    "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018).
    """
    warped = 1j * np.tan(np.pi * np.minimum(frequencies, 23_999) / 48_000)
    s = warped / math.tan(math.pi * _SHELF_HZ / 48_000)
    shelf = (_SHELF_GAIN * s**2 + _SHELF_GAIN**_SHELF_BEND / _SHELF_Q * s + 1) / (s**2 + s / _SHELF_Q + 1)
    s = warped / math.tan(math.pi * _HIGH_PASS_HZ / 48_000)
    return shelf * _HIGH_PASS_GAIN * s**2 / (s**2 + s / _HIGH_PASS_Q + 1)


def _weighted(heard: np.ndarray, rate: int) -> np.ndarray:
    size = 1 << (heard.shape[1] - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(heard, size) * _response(size, rate), size)[:, : heard.shape[1]]


@lru_cache(maxsize=8)  # blocks come in few sizes, and this takes as long as the rest of the weighting
def _response(size: int, rate: int) -> np.ndarray:
    return k_weighting(np.fft.rfftfreq(size, 1 / rate)).astype(np.complex64)


def windows(steps: np.ndarray, length: int) -> np.ndarray:
    """Mean power of every `length` steps in a row; those at the end that do not fill a window are left out."""
    if steps.size < length:
        return np.zeros(0)
    return np.lib.stride_tricks.sliding_window_view(steps, length).mean(axis=1)


def _gated(powers: np.ndarray, relative: float) -> np.ndarray:
    """Those above the absolute gate and, after that, `relative` LU below the mean; [0.0] if there are none."""
    loud = powers[powers > _power(ABSOLUTE_GATE)]
    if not loud.size:
        return np.zeros(1)
    return loud[loud > loud.mean() * 10 ** (relative / 10)]


def _spread(short_term: np.ndarray) -> float:
    """Loudness range in LU (EBU Tech 3342): from the 10th to the 95th percentile."""
    if not short_term.max(initial=0.0) > _power(ABSOLUTE_GATE):
        return 0.0
    low, high = np.percentile(_gated(short_term, RANGE_GATE), (10, 95))
    return decibels(high) - decibels(low)


def lufs(power: float) -> float:
    return decibels(power) - 0.691


def _power(lufs: float) -> float:
    return 10 ** ((lufs + 0.691) / 10)


def decibels(power: float) -> float:
    return 10 * math.log10(power) if power > 0 else -math.inf
