"""Phases for magnitudes: a causal phase vocoder with identity phase locking (Laroche & Dolson, 1999).

Plain numpy: a hop is about 40 small array operations that must follow one another, where a GPU would only wait.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class PhaseState:
    """What the vocoder remembers: the last hop's ``phase`` (bins,), referred to the window's centre, in radians."""

    phase: np.ndarray

    def copy(self) -> PhaseState:
        return PhaseState(self.phase.copy())


def peak_frequencies(level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Local maxima of a level curve (bins,) in dB: their bins, and their frequencies in bins (by a parabola)."""
    inner = level[1:-1]
    peaks = np.flatnonzero((inner > level[:-2]) & (inner >= level[2:])) + 1
    left, top, right = level[peaks - 1], level[peaks], level[peaks + 1]
    return peaks, peaks + 0.5 * (left - right) / (left - 2 * top + right)


def advance(level: np.ndarray, told: np.ndarray, state: PhaseState, hop: int) -> PhaseState:
    """The state one hop on, for that hop's ``level`` (bins,) in dB: each spectral peak turns at its own frequency
    and every bin takes the phase of its nearest peak, as it has in the main lobe of a steady partial. ``told`` are the
    frequencies, in bins, of what the lowest bins hold, NaN where the curve alone must tell."""
    peaks, frequencies = peak_frequencies(level)
    if len(peaks) == 0:
        return state
    low = np.searchsorted(peaks, len(told))
    frequencies[:low] = np.where(np.isnan(told[peaks[:low]]), frequencies[:low], told[peaks[:low]])
    fft_size = 2 * (len(level) - 1)
    turned = state.phase[peaks] + 2 * np.pi * hop / fft_size * frequencies
    borders = (peaks[1:] + peaks[:-1] + 1) // 2
    counts = np.diff(np.concatenate([[0], borders, [len(level)]]))
    return PhaseState(np.repeat(turned % (2 * np.pi), counts))
