"""Saturation, compression and limiting."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

BLOCK = 64  # samples between two gains
RAMP = np.arange(BLOCK, dtype=np.float32) / BLOCK


def saturated(audio: np.ndarray, decibels: float, bias: float = 0.0) -> np.ndarray:
    """Driven by so many dB over the level that it has, bent by tanh, and back at that level; `bias` makes it uneven,
    which adds even partials."""
    level = _rms(audio)
    if level < 1e-6:
        return audio
    driven = np.tanh(audio * np.float32(10 ** (decibels / 20) / (4 * level)) + np.float32(bias)) - np.float32(
        np.tanh(bias)
    )
    return driven * np.float32(level / max(_rms(driven), 1e-9))


def compressed(audio: np.ndarray, over: float, ratio: float, attack: float, release: float, rate: int) -> np.ndarray:
    """Above `over` dB over its own level a sound gets louder only by 1/`ratio`; `attack` in seconds, and the gain comes
    back by 12 dB in `release` seconds."""
    loud = _decibels(np.sqrt(_blocks(np.square(audio).mean(axis=0)).mean(axis=1)))
    threshold = _decibels(np.float32(_rms(audio))) + over
    reduction = np.maximum(loud - threshold, 0) * (1 - 1 / ratio)
    held = _released(reduction, 12 / release * BLOCK / rate)
    smooth = uniform_filter1d(held, max(1, round(attack * rate / BLOCK)))
    return audio * _spread(10 ** (-smooth / 20), audio.shape[1])


def limited(audio: np.ndarray, ceiling: float, release: float, rate: int) -> np.ndarray:
    """No sample above `ceiling`: the gain goes down within the 5 ms before a peak, and comes back 12 dB in `release`
    seconds."""
    peaks = _blocks(np.abs(audio).max(axis=0)).max(axis=1)
    reduction = np.maximum(_decibels(peaks / np.float32(ceiling)), 0)
    ahead = max(3, round(0.005 * rate / BLOCK)) | 1
    held = _released(maximum_filter1d(reduction, 2 * ahead + 1), 12 / release * BLOCK / rate)
    smooth = uniform_filter1d(held, ahead)
    return np.clip(audio * _spread(10 ** (-smooth / 20), audio.shape[1]), -ceiling, ceiling)


def _released(reduction: np.ndarray, step: float) -> np.ndarray:
    """The reduction in dB, that goes down by no more than `step` a block."""
    ramp = step * np.arange(len(reduction))
    return np.maximum.accumulate(reduction + ramp) - ramp


def _blocks(samples: np.ndarray) -> np.ndarray:
    """(N,) -> (blocks, BLOCK), the last one filled up with its last sample."""
    return np.pad(samples, (0, -len(samples) % BLOCK), mode="edge").reshape(-1, BLOCK)


def _spread(gains: np.ndarray, samples: int) -> np.ndarray:
    """Gains (blocks,) -> (samples,), from each to the next in a straight line; 2 ns a sample, np.interp takes 8."""
    gains = gains.astype(np.float32)[:, None]
    steps = np.diff(gains, axis=0, append=gains[-1:])
    return (gains + steps * RAMP).ravel()[:samples]


def _decibels(levels: np.ndarray) -> np.ndarray:
    return 20 * np.log10(np.maximum(levels, 1e-7))


def _rms(audio: np.ndarray) -> float:
    """Of what is not silent."""
    power = _blocks(np.square(audio).mean(axis=0)).mean(axis=1)
    return float(np.sqrt(power[power >= power.max() * 1e-4].mean()))
