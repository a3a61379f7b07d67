"""From the pitch model's likelihoods to notes.

The idea is Bittner et al.'s (ICASSP 2022, section 2.3): a note begins at a peak of "struck" and lasts while "sounding"
holds. Two things differ. A peak counts for more when the key then sounds more than before, which took the F-measure of
solo songs from 0.67 to 0.71 and of mixes from 0.41 to 0.46. And what sounds without a stroke, where they find further
notes, is left out: with it solo songs fell from 0.59 to 0.57. The figures below were the best on 32 of the project's
own renders (seeds from 1004000 on); `engine.train.evaluate_notes` measures them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.midi_out.pitch_model import FRAMES_PER_SECOND, LOWEST_PITCH, Activations

STROKE = 0.7  # "struck", plus the rise of "sounding", from which on a peak is a stroke
LEAST_STRUCK = 0.3
BEFORE, AFTER = 3, 16  # frames over which "sounding" is compared: 35 and 186 ms
SOUNDING = 0.35  # from which on a key sounds
FALLEN = 0.7  # of its first AFTER frames: below it a note is over, and what is left is room and decay
REST = 6  # frames (70 ms) that a note may fall silent and still go on
SHORTEST = 7  # frames (81 ms)
LOUDEST = 120  # velocity of the note that begins in the loudest moment


@dataclass(frozen=True)
class Note:
    """`start` and `duration` in seconds, MIDI `pitch` 21..108 and `velocity` 1..127."""

    start: float
    duration: float
    pitch: int
    velocity: int


def decode(heard: Activations) -> tuple[Note, ...]:
    """The notes by rising start, then pitch. Notes of one pitch do not overlap."""
    strokes = _strokes(heard.struck, heard.sounding)
    spans = sorted(
        (start, key, stop)
        for key in range(strokes.shape[1])
        for start, stop in _spans(np.flatnonzero(strokes[:, key]), heard.sounding[:, key])
    )
    velocities = _velocities(heard.level[[start for start, _, _ in spans]])
    return tuple(
        Note(start / FRAMES_PER_SECOND, (stop - start) / FRAMES_PER_SECOND, LOWEST_PITCH + key, velocity)
        for (start, key, stop), velocity in zip(spans, velocities, strict=True)
    )


def _strokes(struck: np.ndarray, sounding: np.ndarray) -> np.ndarray:
    """(frames, KEYS) booleans: the peaks of "struck" that are sure enough."""
    earlier = np.pad(struck, ((1, 0), (0, 0)))[:-1]
    later = np.pad(struck, ((0, 1), (0, 0)))[1:]
    padded = np.pad(sounding, ((BEFORE, AFTER), (0, 0)))
    before = sliding_window_view(padded, BEFORE, axis=0)[: len(struck)].mean(-1)
    after = sliding_window_view(padded[BEFORE:], AFTER, axis=0)[: len(struck)].mean(-1)
    peaks = (struck > earlier) & (struck >= later) & (struck >= LEAST_STRUCK)
    return peaks & (struck + after - before >= STROKE)


def _spans(strokes: np.ndarray, sounding: np.ndarray) -> Iterator[tuple[int, int]]:
    """(start, stop) frames of the notes of one key that is struck at `strokes`."""
    for stroke, following in pairwise([*strokes.tolist(), len(sounding)]):
        stop = stroke + _length(sounding[stroke:following])
        if stop - stroke >= SHORTEST:
            yield stroke, stop


def _length(sounding: np.ndarray) -> int:
    """Frames until the key stays fallen off for longer than REST."""
    threshold = max(SOUNDING, FALLEN * sounding[:AFTER].max(initial=0))
    alive = np.flatnonzero(sounding >= threshold)
    if not alive.size:
        return 0
    rests = np.flatnonzero(np.diff(alive) > REST)
    return int(alive[rests[0]] if rests.size else alive[-1]) + 1


def _velocities(levels: np.ndarray) -> list[int]:
    """Velocities for levels in dB: 40 dB are a factor of ten, as synthesisers play them (SoundFont 2.04, 8.4.1).

    Against known scores they correlate by 0.37 in solo songs; the model's own likelihoods by 0.09.
    """
    below = levels - levels.max(initial=-np.inf)
    return np.clip(np.rint(LOUDEST * 10 ** (below / 40)), 1, 127).astype(int).tolist()
