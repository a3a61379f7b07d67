"""Where the frames of a take lie on the timeline. No Qt in here."""

from dataclasses import dataclass

from calm_studio.values import Lane

FRAME = 0.04
"""Seconds of a frame in every model there is. A sound file says in which frames of its take the knobs were moved, but
not where these lie."""


@dataclass(frozen=True)
class FrameClock:
    """Frame 0 begins at second `start` of the timeline; `count` frames of `length` seconds are written."""

    start: float
    length: float
    count: int

    def seconds(self, frame: int) -> float:
        return self.start + frame * self.length

    def frame(self, seconds: float) -> int:
        """The nearest border of frames that one can begin at."""
        return min(max(round((seconds - self.start) / self.length), 0), self.count - 1)


def clock_of(lane: Lane) -> FrameClock | None:
    """None before the first frame."""
    take = lane.take
    if lane.growth is not None:
        return _clock(lane, lane.growth.written, lane.growth.frame + 1)
    if take.state == "writing":
        return None
    known = len(take.borders) if len(take.borders) > 1 else None
    return _clock(lane, take.written, known or round((take.written - take.cut) / take.rate / FRAME))


def _clock(lane: Lane, written: int, count: int) -> FrameClock | None:
    take = lane.take
    made = (written - take.cut) / take.rate
    return FrameClock(lane.offset + take.cut / take.rate, made / count, count) if made > 0 and count else None
