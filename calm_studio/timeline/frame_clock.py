"""Where the frames of a take lie on the timeline. No Qt in here."""

from dataclasses import dataclass

from calm_studio.values import Lane


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
    """None before the first frame, and for a take that comes out of a file, whose frames are not known."""
    if lane.growth is None or lane.growth.written <= lane.take.cut:
        return None
    take, count = lane.take, lane.growth.frame + 1
    made = (lane.growth.written - take.cut) / take.rate
    return FrameClock(lane.offset + take.cut / take.rate, made / count, count)
