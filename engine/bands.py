"""Levels in bands of equal width on a log scale: the picture of a sound that seam and similarity compare."""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.music.spectra import RATE, banded

LOWEST, HIGHEST = 40.0, 10_000.0  # Hz
FLOOR = 1e-8  # power of what is not heard: 80 dB below a full-scale sine


def levels(samples: np.ndarray, window: int, hop: int, bands: int) -> np.ndarray:
    """Mono float32 (N,) at RATE -> (frames, bands) in dB of a full-scale sine; frame t is centred on t * hop."""
    return 10 * np.log10(banded(samples, window, hop, _means(window, bands)) + FLOOR)


@cache
def _means(window: int, bands: int) -> np.ndarray:
    """(bins, bands): each column averages the FFT bins of its band, and has at least the nearest one."""
    frequency = np.fft.rfftfreq(window, 1 / RATE)
    edges = np.geomspace(LOWEST, HIGHEST, bands + 1)
    inside = (frequency[:, None] >= edges[:-1]) & (frequency[:, None] < edges[1:])
    nearest = np.abs(frequency[:, None] - np.sqrt(edges[1:] * edges[:-1])).argmin(axis=0)
    inside[nearest, np.arange(bands)] = True
    return (inside / inside.sum(axis=0)).astype(np.float32)
