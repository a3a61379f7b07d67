"""Which half beats are the beats, where the bars begin, and whether three or four beats make one.

What distinguishes the places in a bar (kick, snare, cymbals, a change of bass note or chord) is averaged over the bars
for every metre and first downbeat, and judged by what was LEARNED.
"""

from __future__ import annotations

import numpy as np

from engine.music.chroma import beatwise
from engine.music.learned import learned
from engine.music.onsets import FRAMES_PER_SECOND

REACH = 0.04  # seconds around a half beat in which an attack belongs to it
METRES = (3, 4)
COLUMNS = 6
READINGS = tuple((metre, first) for metre in METRES for first in range(2 * metre))  # beats in a bar, first half beat


def hear_bars(regions: np.ndarray, pitch_classes: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, int, int]:
    """Beats in seconds, how many make a bar, and which of them begins the first, from onset curves and chroma.

    A tracker may follow the off-beats just as well: the beats stay at `times` (beats,) or move by half a beat.
    """
    halves = half_beats(times, len(regions) / FRAMES_PER_SECOND)
    scores = learned().bars.scores(evidence(accents(regions, pitch_classes, halves)))[:, 0]
    possible = [first < len(halves) for _, first in READINGS]
    metre, first = READINGS[int(np.where(possible, scores, -np.inf).argmax())]
    return halves[first % 2 :: 2], metre, first // 2


def half_beats(times: np.ndarray, seconds: float) -> np.ndarray:
    """Beats (at least 2) and the moments half way between, before and after them, inside a clip of so many seconds."""
    steps = np.diff(times)
    middles = times + np.append(steps, steps[-1]) / 2
    halves = np.sort(np.concatenate([[times[0] - steps[0] / 2], times, middles]))
    return halves[(halves >= 0) & (halves < seconds)]


def accents(regions: np.ndarray, pitch_classes: np.ndarray, halves: np.ndarray) -> np.ndarray:
    """(halves, COLUMNS) rise in each of the regions, change of bass and of chord, at half beats (halves,) in seconds.

    `regions` are the onset curves (frames, 4), `pitch_classes` the chroma (frames, 24). Each column has mean 0 and
    deviation 1.
    """
    frames = np.round(halves * FRAMES_PER_SECOND).astype(int)
    reach = round(REACH * FRAMES_PER_SECOND)
    near = (frames[:, None] + np.arange(-reach, reach + 1)).clip(0, len(regions) - 1)
    attacks = np.log1p(regions[near].max(axis=1))
    spans = beatwise(pitch_classes, halves)
    columns = np.column_stack([attacks, _change(spans[:, :12]), _change(spans[:, 12:])])
    return (columns - columns.mean(axis=0)) / np.maximum(columns.std(axis=0), 1e-6)


def _change(spans: np.ndarray) -> np.ndarray:
    """(halves,) 1 minus the likeness of what sounds in the beat from each half beat on and in the beat before it."""
    padded = np.pad(spans, ((2, 1), (0, 0)), mode="edge")
    before, after = padded[:-3] + padded[1:-2], padded[2:-1] + padded[3:]
    norms = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return 1 - (before * after).sum(axis=1) / np.maximum(norms, 1e-9)


def evidence(columns: np.ndarray) -> np.ndarray:
    """(14, 85) what speaks for each of READINGS in accents: means of the half beats of bars of 3, of 4."""
    rows = np.zeros((len(READINGS), 2 * COLUMNS * sum(METRES) + 1))
    for row, (metre, first) in zip(rows, READINGS, strict=True):
        place = (np.arange(len(columns)) - first) % (2 * metre)
        empty = np.zeros(COLUMNS)
        means = [columns[place == p].mean(axis=0) if (place == p).any() else empty for p in range(2 * metre)]
        offset = 2 * COLUMNS * sum(METRES[: METRES.index(metre)])
        row[offset : offset + 2 * COLUMNS * metre] = np.concatenate(means)
        row[-1] = metre == METRES[-1]
    return rows
