"""What a spectrogram shows: how loud each band of pitch is in each column of time. No Qt in here."""

from functools import cache

import numpy as np

BANDS = 96
LOWEST, HIGHEST = 50.0, 16_000.0
"""Hz."""
WINDOW = 2048
SOFTEST, LOUDEST = -78.0, -12.0
"""Decibels under a sine of 1 kHz at full scale: the levels 0 and 255."""
TILTED = 1000.0
"""Hz; every octave above is shown 3 dB louder and below softer, for that is how music falls off."""
LOOKS = 4
"""Windows in a column that is longer than one, at most."""


def levels(samples: np.ndarray, first: int, rate: int, hop: int, columns: range) -> np.ndarray:
    """(BANDS, len(columns)) of 0..255, the highest band on top, of columns that are `hop` samples long.

    `samples` (C, n) are those from sample `first` of the sound on; what lies outside of them is silent. Column 0 begins
    at sample 0.
    """
    looks = min(LOOKS, -(-hop // WINDOW))
    middles = (np.arange(columns.start * looks, columns.stop * looks) + 0.5) * (hop / looks)
    mono = np.pad(samples.mean(axis=0, dtype=np.float32), WINDOW)
    starts = (middles - WINDOW / 2).astype(int) - first + WINDOW
    starts = starts.clip(0, mono.size - WINDOW)
    windows = np.lib.stride_tricks.sliding_window_view(mono, WINDOW)[starts] * np.hanning(WINDOW).astype(np.float32)
    power = np.abs(np.fft.rfft(windows)) ** 2 @ _bands(rate)
    loudness = 10 * np.log10(power.reshape(len(columns), looks, BANDS).mean(axis=1) + 1e-12)
    shown = (loudness.T[::-1] - SOFTEST) / (LOUDEST - SOFTEST)
    return (255 * shown.clip(0, 1)).astype(np.uint8)


def reach(rate: int, hop: int, columns: range) -> tuple[int, int]:
    """The samples that `columns` look at: from where to where, and not before the first."""
    return max(0, columns.start * hop - WINDOW), columns.stop * hop + WINDOW


@cache
def _bands(rate: int) -> np.ndarray:
    """(WINDOW / 2 + 1, BANDS): the share that every band has of every bin; a sine of 1 kHz at full scale gives 1."""
    edges = np.geomspace(LOWEST, min(HIGHEST, rate / 2), BANDS + 1)
    bins, width = np.fft.rfftfreq(WINDOW, 1 / rate)[:, None], rate / WINDOW
    shared = np.minimum(edges[1:], bins + width / 2) - np.maximum(edges[:-1], bins - width / 2)
    shares = shared.clip(0) / np.minimum(edges[1:] - edges[:-1], width)
    shares = shares * np.sqrt(edges[1:] * edges[:-1]) / TILTED
    return (shares / (np.hanning(WINDOW).sum() / 2) ** 2).astype(np.float32)
