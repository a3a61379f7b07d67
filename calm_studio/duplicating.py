"""A take once more, to go on with it in another way. No Qt in here."""

from dataclasses import replace

from calm_studio.freezing import frozen
from calm_studio.values import Lane, Marks
from engine.peaks import PeakPyramid


def duplicate(lane: Lane, number: int) -> Lane:
    """What is written of `lane`, as take `number`; sound, history and recipe are the same. It has no name yet."""
    copy = frozen(lane.take)
    copy.id, copy.playhead, copy.reader = number, None, None
    if copy.state == "writing":
        copy.state, copy.peaks = "stopped", PeakPyramid(2)
        copy.peaks.append(copy.audio.samples)
    marks = Marks(notes=lane.marks.notes, colour=lane.marks.colour)
    return replace(lane, take=copy, note=f"copy of {lane.called.removeprefix('Take ')}", marks=marks)
