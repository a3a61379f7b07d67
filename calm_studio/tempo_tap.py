"""Tempo by tapping. No Qt in here."""

from statistics import median

PAUSE = 2.0
"""Seconds without a tap after which the next one is the first of a new count."""
TAPS = 9
"""Taps that are remembered: eight intervals."""


class TempoTap:
    """Times are seconds of one clock."""

    def __init__(self):
        self._taps: list[float] = []

    def tap(self, now: float) -> float | None:
        """Count a tap; beats a minute by the median of the intervals, None for the first one."""
        if self._taps and now - self._taps[-1] > PAUSE:
            self._taps = []
        self._taps = [*self._taps, now][-TAPS:]
        intervals = [later - earlier for earlier, later in zip(self._taps, self._taps[1:], strict=False)]
        return 60 / median(intervals) if intervals and median(intervals) > 0 else None
