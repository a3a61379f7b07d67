"""Which seconds of the timeline are in view, and how they map to pixels. No Qt in here."""

from dataclasses import dataclass

SHORTEST = 0.0005
"""Seconds in view at the closest zoom: two dozen samples."""
FARTHEST = 1e8
"""Pixels: what is farther away is drawn no farther. Qt's whole numbers end at 2e9: in a view of 2000 pixels, at the
closest zoom, after nine minutes."""


@dataclass(frozen=True)
class Span:
    """The seconds from `start` to `stop` are in view."""

    start: float
    stop: float

    @property
    def seconds(self) -> float:
        return self.stop - self.start

    def x(self, time: float, width: float) -> float:
        """The pixel of `time` in a view `width` pixels wide, or FARTHEST on its side."""
        return min(max((time - self.start) / self.seconds * width, -FARTHEST), FARTHEST)

    def time(self, x: float, width: float) -> float:
        """The seconds under pixel `x` in a view `width` pixels wide."""
        return self.start + x / width * self.seconds

    def zoomed(self, factor: float, at: float, end: float) -> "Span":
        """Show `factor` times as many seconds, keeping the second `at` where it is; never beyond 0..`end`."""
        seconds = min(max(self.seconds * factor, SHORTEST), end)
        start = at - (at - self.start) * seconds / self.seconds
        return Span(start, start + seconds).within(end)

    def panned(self, seconds: float, end: float) -> "Span":
        """Move the view by `seconds`; never beyond 0..`end`."""
        return Span(self.start + seconds, self.stop + seconds).within(end)

    def within(self, end: float) -> "Span":
        """The nearest view of the same length inside 0..`end`."""
        start = max(0.0, min(self.start, end - self.seconds))
        return Span(start, start + self.seconds)
