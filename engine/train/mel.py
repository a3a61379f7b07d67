"""Mel bands: how finely the ear tells frequencies apart, as a matrix."""

from __future__ import annotations

from functools import cache

import numpy as np


def to_mel(hertz: np.ndarray | float) -> np.ndarray | float:
    """The mel scale of O'Shaughnessy (Speech Communication, 1987)."""
    return 2595 * np.log10(1 + hertz / 700)


def from_mel(mel: np.ndarray | float) -> np.ndarray | float:
    return 700 * (10 ** (mel / 2595) - 1)


@cache
def mel_matrix(rate: int, window: int, bands: int) -> np.ndarray:
    """(window // 2 + 1, bands) float64: the power of a spectrum, averaged over triangles evenly spaced in mel from 0 Hz
    to rate / 2, each at least one bin of the spectrum wide on either side."""
    edges = from_mel(np.linspace(0, to_mel(rate / 2), bands + 2))
    bins = np.fft.rfftfreq(window, 1 / rate)[:, None]
    width = np.maximum((edges[2:] - edges[:-2]) / 2, rate / window)
    triangles = (1 - np.abs(bins - edges[1:-1]) / width).clip(min=0)
    return triangles / triangles.sum(axis=0)
