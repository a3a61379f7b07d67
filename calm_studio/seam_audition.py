"""The seam of the selected take, to be heard over and over, with a little before and after it. No Qt in here."""

import numpy as np

from calm_studio.values import State

AROUND = 2.0
"""Seconds on either side of the seam."""
FADE = 0.01
"""Seconds at both ends, so that going round makes no click that could be taken for the seam."""


def seam_span(state: State) -> tuple[int, int] | None:
    """In samples of the selected take; None without one, and while what comes after the seam is still to be written."""
    lane = state.lane
    if lane is None:
        return None
    take, seam = lane.take, round((lane.begins - lane.offset) * lane.take.rate)
    around = round(AROUND * take.rate)
    start, stop = max(0, seam - around), min(seam + around, take.samples.shape[1])
    if take.state != "writing":
        stop = min(stop, take.written)
    return (start, stop) if seam < stop <= take.written else None


def seam_sound(state: State) -> tuple[np.ndarray, float, int] | None:
    """Samples (2, n), the second of the timeline at which they begin, and their rate; None as with `seam_span`."""
    span, lane = seam_span(state), state.lane
    if span is None:
        return None
    sound = faded(lane.take.samples[:, slice(*span)], lane.take.rate)
    return sound, lane.offset + span[0] / lane.take.rate, lane.take.rate


def faded(samples: np.ndarray, rate: int) -> np.ndarray:
    """A copy of (2, n) with its ends faded."""
    count = min(round(FADE * rate), samples.shape[1] // 2)
    ramp = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)
    copy = samples.astype(np.float32, copy=True)
    copy[:, :count] *= ramp
    copy[:, copy.shape[1] - count :] *= ramp[::-1]
    return copy
