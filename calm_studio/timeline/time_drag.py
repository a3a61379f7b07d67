"""Marking a part of a time line with the mouse. No Qt in here."""

THRESHOLD = 4.0
"""Pixels that the mouse has to go before a press becomes a drag."""


class TimeDrag:
    """A press and the moves after it. `begin`, then ask `span` at each move, then `end`."""

    def __init__(self):
        self._anchor: float | None = None
        self._x = 0.0
        self._far = False

    def begin(self, x: float, anchor: float, at_once: bool = False) -> None:
        """The mouse was pressed at pixel `x`; what it marks begins at second `anchor`. `at_once`: with no threshold."""
        self._anchor, self._x, self._far = anchor, x, at_once

    def span(self, x: float, seconds: float) -> tuple[float, float] | None:
        """From where to where is marked with the mouse at pixel `x`, which is `seconds`; None while that is nothing."""
        if self._anchor is None:
            return None
        self._far = self._far or abs(x - self._x) >= THRESHOLD
        return (self._anchor, seconds) if self._far else None

    def end(self) -> None:
        self._anchor = None
