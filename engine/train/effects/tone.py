"""Equalisers: any smooth curve of gains by frequency, in one pass."""

from __future__ import annotations

import numpy as np
from scipy.signal import oaconvolve

TAPS = 511  # 8 ns a sample, as much as a single second-order section
GRID = 257


def curved(audio: np.ndarray, hertz: np.ndarray, decibels: np.ndarray, rate: int) -> np.ndarray:
    """Gains in dB at ascending frequencies, straight lines between them by octave; nothing is delayed."""
    bins = np.linspace(0, rate / 2, GRID)
    gains = 10 ** (np.interp(np.log2(np.maximum(bins, 1)), np.log2(hertz), decibels) / 20)
    taps = np.fft.fftshift(np.fft.irfft(gains))[1:] * np.hanning(TAPS)
    padded = oaconvolve(audio, taps.astype(np.float32)[None], axes=1)
    return padded[:, TAPS // 2 : TAPS // 2 + audio.shape[1]]


def equalised(audio: np.ndarray, rng: np.random.Generator, rate: int) -> np.ndarray:
    """A random curve of up to 8 dB either way, now and then without lows or highs."""
    hertz = np.array((60.0, 150, 400, 1000, 2500, 6000, 15_000))
    decibels = rng.uniform(-5, 5, len(hertz)) + rng.uniform(-3, 3)
    decibels[:2] -= 14 * (rng.random() < 0.15)
    decibels[-2:] -= 14 * (rng.random() < 0.15)
    return curved(audio, hertz, decibels, rate)


def band_limited(audio: np.ndarray, low: float, high: float, rate: int) -> np.ndarray:
    """What a small loudspeaker lets through: 40 dB less an octave and a half beyond either end."""
    hertz = np.array((low / 3, low, high, min(high * 3, rate / 2)))
    return curved(audio, hertz, np.array((-40.0, 0, 0, -40)), rate)
