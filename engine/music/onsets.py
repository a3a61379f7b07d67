"""How strongly something new begins at each moment: the rise of log-mel bands, after "spectral flux".

S. Dixon, Onset detection revisited, DAFx 2006; the wait of a few frames and the maximum over neighbouring bands against
vibrato after S. Boeck and G. Widmer, Maximum filter vibrato suppression for onset detection, DAFx 2013.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from engine.music.spectra import RATE, banded

WINDOW, HOP = 1024, 128
FRAMES_PER_SECOND = RATE / HOP
BANDS = 40
LOWEST, HIGHEST = 30.0, 10_000.0  # Hz
REGIONS = (0, 8, 19, 31, BANDS)  # first bands of kick and bass, of chords, of snare and lead, of cymbals
LAG = 3  # frames that a rise may take, 17 ms
FLOOR_DB = 70.0  # below the loudest band, where rises are not heard any more


def rises(samples: np.ndarray) -> np.ndarray:
    """(frames, 4) summed rise of the bands in each of REGIONS, each region with a mean of 1 (0 where none rises)."""
    level = 10 * np.log10(banded(samples, WINDOW, HOP, _mel_bands()) + 1e-10)
    level = np.maximum(level, level.max() - FLOOR_DB)
    widest = np.maximum(level, np.maximum(np.roll(level, 1, axis=1), np.roll(level, -1, axis=1)))
    rise = np.zeros_like(level)
    rise[LAG:] = (level[LAG:] - widest[:-LAG]).clip(min=0)
    regions = np.add.reduceat(rise, REGIONS[:-1], axis=1)
    return regions / np.maximum(regions.mean(axis=0), 1e-3)


def strength(regions: np.ndarray) -> np.ndarray:
    """(frames,) one curve of all regions, with what rises all the time taken off and a deviation of 1."""
    summed = regions.sum(axis=1)
    second = int(FRAMES_PER_SECOND)
    usual = np.convolve(np.pad(summed, second // 2, mode="edge"), np.ones(second) / second, "same")
    curve = (summed - usual[second // 2 : second // 2 + len(summed)]).clip(min=0)
    return curve / max(curve.std(), 1e-6)


@cache
def _mel_bands() -> np.ndarray:
    """(bins, BANDS) triangles evenly spaced in mel (2595 log10(1 + f / 700)), the low ones at least a bin wide."""
    top, bottom = (2595 * np.log10(1 + edge / 700) for edge in (HIGHEST, LOWEST))
    edges = 700 * (10 ** (np.linspace(bottom, top, BANDS + 2) / 2595) - 1)
    frequency = np.fft.rfftfreq(WINDOW, 1 / RATE)[:, None]
    width = np.maximum((edges[2:] - edges[:-2]) / 2, RATE / WINDOW)
    triangles = (1 - np.abs(frequency - edges[1:-1]) / width).clip(min=0)
    return (triangles / triangles.sum(axis=0)).astype(np.float32)
