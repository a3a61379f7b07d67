"""Phases for magnitudes: a causal phase vocoder with identity phase locking (Laroche & Dolson, 1999), whose lobes are
placed in time: where an attack lies, and otherwise evenly over a hop.

Locked phases alone put all that a lobe holds at the centre of its window. An attack then comes early and soft, and
the wide lobes of noise pulse at the rate of the hops.

Plain numpy: what must go hop by hop is a few operations on a hundred numbers, where a GPU would only wait. All else is
done at once for the hops of a frame and the sounds of a batch: hops come before sounds in all arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

Tell = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class PhaseState:
    """What the vocoder remembers of the last hop of some sounds: the ``phase`` (B, bins) that it carries on, referred
    to the window's centre, in radians, the same ``spread`` over a hop, by how many bins each bin lies above its peak,
    ``offset``, and the ``levels`` (2, B, bins) in dB of the hop before and of this one. All but the first are float32:
    in that one errors would add up."""

    phase: np.ndarray
    spread: np.ndarray
    offset: np.ndarray
    levels: np.ndarray

    def rows(self, wanted: Sequence[int]) -> PhaseState:
        """That of the sounds ``wanted``, in this order."""
        return PhaseState(self.phase[wanted], self.spread[wanted], self.offset[wanted], self.levels[:, wanted])


class Locked(NamedTuple):
    """Of some hops what `PhaseState` has of one, (hops, B, bins) each."""

    phase: np.ndarray
    spread: np.ndarray
    offset: np.ndarray


def resting(phase: np.ndarray, levels: np.ndarray) -> PhaseState:
    """The state in which a hop of this ``phase`` (B, bins), and the one before, had these ``levels`` (2, B, bins)."""
    phase, single = phase.astype(np.float64), phase.astype(np.float32)
    return PhaseState(phase, single, np.zeros_like(single), levels.astype(np.float32))


def speak(levels: np.ndarray, tell: Tell, state: PhaseState, hop: int) -> tuple[np.ndarray, PhaseState]:
    """Level curves (hops, B, bins) in dB -> phases (hops, B, bins), each of the hop before, as the next completes it,
    and the state after them. ``tell`` is as `lock` takes it."""
    heard = np.concatenate([state.levels, levels])
    locked = lock(levels, tell, state.phase, hop)
    spread, offset = (
        np.concatenate([before[None], after])
        for before, after in ((state.spread, locked.spread), (state.offset, locked.offset))
    )
    phases = placed(spread[:-1], offset[:-1], heard[2:] - heard[:-2], hop)
    return phases, PhaseState(locked.phase[-1], spread[-1], offset[-1], heard[-2:])


def lock(levels: np.ndarray, tell: Tell, phase: np.ndarray, hop: int) -> Locked:
    """Level curves (hops, B, bins) in dB that follow a hop of this ``phase`` (B, bins): each spectral peak turns at its
    own frequency and every bin takes the phase of its nearest peak, as it has in the main lobe of a steady partial.
    ``tell`` says of n peaks, by the curves that they lie in, counted hop by hop, and by their bins, at which
    frequencies they lie, in bins, and NaN where the curve alone must tell. In a curve without peaks nothing turns."""
    count, items, size = levels.shape
    curves = levels.reshape(-1, size)
    turn = np.pi * hop / (size - 1)  # of a frequency of one bin
    peaks = find_peaks(curves)
    rests = ~peaks.any(axis=1)
    rows, bins = np.nonzero(peaks | rests[:, None])  # where it rests, every bin stands for itself
    turning = ~rests[rows]
    frequencies = bins.astype(np.float64)
    frequencies[turning] = frequencies_of(curves, rows[turning], bins[turning], tell)
    turns = np.where(turning, turn * frequencies, 0.0)
    counts = _nearest(rows, bins, curves.shape)
    of_bin = np.repeat(np.arange(len(bins)), counts).reshape(curves.shape)  # its peak
    starts = np.searchsorted(rows, items * np.arange(count + 1))  # of hops, among the peaks
    first = starts[1]
    last = of_bin[rows[first:] - items, bins[first:]]  # the peak of the hop before from which each goes on
    turned = np.empty(len(bins))
    turned[:first] = (phase[rows[:first], bins[:first]] + turns[:first]) % (2 * np.pi)
    for start, end in pairwise(starts[1:]):
        turned[start:end] = (turned[last[start - first : end - first]] + turns[start:end]) % (2 * np.pi)
    # A phase of -pi delay / fft_size offset^2 / width: a chirp that sweeps the lobe within `delay` samples.
    chirp = (turn / 2 / counts).astype(np.float32)[of_bin]
    offset = np.arange(size, dtype=np.float32) - frequencies.astype(np.float32)[of_bin]
    spread = turned.astype(np.float32)[of_bin] - chirp * offset**2
    return Locked(*(part.reshape(levels.shape) for part in (turned[of_bin], spread, offset)))


def find_peaks(levels: np.ndarray) -> np.ndarray:
    """(n, bins) where level curves have a local maximum."""
    peaks, inner = np.zeros(levels.shape, bool), levels[:, 1:-1]
    peaks[:, 1:-1] = (inner > levels[:, :-2]) & (inner >= levels[:, 2:])
    return peaks


def frequencies_of(levels: np.ndarray, rows: np.ndarray, bins: np.ndarray, tell: Tell) -> np.ndarray:
    """The frequencies, in bins, of peaks in these ``rows`` of level curves (n, bins): told, or by a parabola."""
    told = tell(rows, bins)
    flat, place = levels.ravel(), rows * levels.shape[1] + bins
    left, top, right = (flat[place + step].astype(np.float64) for step in (-1, 0, 1))
    return np.where(np.isnan(told), bins + 0.5 * (left - right) / (left - 2 * top + right), told)


def _nearest(rows: np.ndarray, bins: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Of peaks, row by row of ``shape``, each of which has some -> how many bins of its row each is the nearest of."""
    borders = np.zeros(len(rows) + 1, int)
    borders[1:-1] = rows[1:] * shape[1] + (rows[1:] == rows[:-1]) * ((bins[1:] + bins[:-1] + 1) // 2)
    borders[-1] = shape[0] * shape[1]
    return borders[1:] - borders[:-1]


def placed(spread: np.ndarray, offset: np.ndarray, rise: np.ndarray, hop: int) -> np.ndarray:
    """Phases of hops, all (hops, B, bins), by the ``rise`` in dB from the hop before to the next one: it tells where in
    the window what is heard lies.

    What lies t samples after the centre of a Hann window of N is heard by cos(pi t / N)^2, so with q the root of the
    ratio of its magnitudes one hop later and one earlier, (q - 1) / (q + 1) = tan(pi t / N) tan(pi hop / N). It is
    there if the phase falls by 2 pi t / N from bin to bin. What is steady stays in the centre.
    """
    fft_size = 2 * (rise.shape[-1] - 1)
    ratio = np.tanh(rise * np.float32(np.log(10) / 80))  # (q - 1) / (q + 1)
    return spread - 2 * np.arctan(ratio / np.float32(np.tan(np.pi * hop / fft_size))) * offset
