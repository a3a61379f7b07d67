"""The same part of several takes, brought to the same loudness for a comparison; the takes stay as they are. No Qt in
here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from calm_studio.seam_audition import faded
from calm_studio.values import Lane, Selection
from engine.errors import CalmError
from engine.loudness import measure

SHORTEST, LONGEST = 0.5, 60.0
"""Seconds of a comparison."""


@dataclass(frozen=True, eq=False)
class Matched:
    """Float32 `sounds` (2, n) at `rate` Hz, one for each take, all of the same loudness; `gains` in dB that were given
    to them, none above 0. They begin at second `start` of the timeline."""

    sounds: tuple[np.ndarray, ...]
    rate: int
    gains: tuple[float, ...]
    start: float

    @property
    def seconds(self) -> float:
        return self.sounds[0].shape[1] / self.rate


def matched(lanes: Sequence[Lane], selection: Selection | None) -> Matched:
    """Of what is marked, or else of what all of the takes have after their cuts; at the rate of the first. All are
    brought down to the softest, so that none clips; silence stays. Slow, so not for the GUI thread.

    Raises CalmError where they have too little in common.
    """
    start, stop = compared_span(lanes, selection)
    rate = lanes[0].take.rate
    sounds = [_part(lane, start, stop, rate) for lane in lanes]
    shortest = min(sound.shape[1] for sound in sounds)
    sounds = [faded(sound[:, :shortest], rate) for sound in sounds]
    loudness = [measure(sound, rate).integrated for sound in sounds]
    softest = min((each for each in loudness if math.isfinite(each)), default=0.0)
    gains = tuple(softest - each if math.isfinite(each) else 0.0 for each in loudness)
    louder = tuple(sound * np.float32(10 ** (gain / 20)) for sound, gain in zip(sounds, gains, strict=True))
    return Matched(louder, rate, gains, start)


def compared_span(lanes: Sequence[Lane], selection: Selection | None) -> tuple[float, float]:
    """Seconds of the timeline. Raises CalmError."""
    start = max(lane.begins if selection is None else max(lane.offset, selection.start) for lane in lanes)
    stop = min(lane.offset + lane.take.written / lane.take.rate for lane in lanes)
    if selection is not None:
        stop = min(stop, selection.stop)
    if stop - start < SHORTEST:
        raise CalmError(
            "The takes have less than half a second in common", "Clear the selection, or wait until more is written"
        )
    return start, min(stop, start + LONGEST)


def _part(lane: Lane, start: float, stop: float, rate: int) -> np.ndarray:
    take = lane.take
    first, last = (round((at - lane.offset) * take.rate) for at in (start, stop))
    part = take.samples[:, first:last]
    return part if take.rate == rate else soxr.resample(part.T, take.rate, rate, quality="HQ").T
