"""Phases for magnitudes: a causal phase vocoder with identity phase locking (Laroche & Dolson, 1999), whose lobes are
placed in time: where an attack lies, and otherwise evenly over a hop.

Locked phases alone put all that a lobe holds at the centre of its window. An attack then comes early and soft, and
the wide lobes of noise pulse at the rate of the hops.

Plain numpy: a hop is about 50 small array operations that must follow one another, where a GPU would only wait.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class PhaseState:
    """What the vocoder remembers of the last hop: the ``phase`` (bins,) that it carries on, referred to the window's
    centre, in radians, the same ``spread`` over a hop, by how many bins each bin lies above its peak, ``offset``, and
    the ``levels`` (2, bins) in dB of the hop before and of this one."""

    phase: np.ndarray
    spread: np.ndarray
    offset: np.ndarray
    levels: np.ndarray


def resting(phase: np.ndarray, levels: np.ndarray) -> PhaseState:
    """The state in which a hop of this ``phase`` (bins,), and the hop before it, had these ``levels`` (2, bins)."""
    return PhaseState(phase, phase, np.zeros_like(phase), levels)


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
    levels = np.stack([state.levels[1], level])
    peaks, frequencies = peak_frequencies(level)
    if len(peaks) == 0:
        return resting(state.phase, levels)
    low = np.searchsorted(peaks, len(told))
    frequencies[:low] = np.where(np.isnan(told[peaks[:low]]), frequencies[:low], told[peaks[:low]])
    fft_size = 2 * (len(level) - 1)
    turned = state.phase[peaks] + 2 * np.pi * hop / fft_size * frequencies
    borders = (peaks[1:] + peaks[:-1] + 1) // 2
    counts = np.diff(np.concatenate([[0], borders, [len(level)]]))
    phase = np.repeat(turned % (2 * np.pi), counts)
    offset = np.arange(len(level)) - np.repeat(frequencies, counts)
    # A phase of -pi delay / fft_size offset^2 / width: a chirp that sweeps the lobe within `delay` samples.
    spread = phase - offset**2 * np.repeat(np.pi * hop / fft_size / counts, counts)
    return PhaseState(phase, spread, offset, levels)


def spoken(state: PhaseState, following: np.ndarray, hop: int) -> np.ndarray:
    """The phase (bins,) of the state's hop, once the next hop's level (bins,) is known: by how much louder that is than
    the hop before, it tells where in the window what is heard lies.

    What lies t samples after the centre of a Hann window of N is heard by cos(pi t / N)^2, so with q the root of the
    ratio of its magnitudes one hop later and one earlier, (q - 1) / (q + 1) = tan(pi t / N) tan(pi hop / N). It is
    there if the phase falls by 2 pi t / N from bin to bin. What is steady stays in the centre.
    """
    fft_size = 2 * (len(following) - 1)
    rise = np.tanh((following - state.levels[0]) * (np.log(10) / 80))  # (q - 1) / (q + 1)
    return state.spread - 2 * np.arctan(rise / np.tan(np.pi * hop / fft_size)) * state.offset
