"""What was in effect in every frame of a take, stored as the frames at which it changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class History(Generic[T]):
    """One thread changes it; any thread may read meanwhile: `changes`, (frame, what is in effect from that frame on) by
    rising frame, is replaced whole."""

    def __init__(self, changes: tuple[tuple[int, T], ...] = ()):
        self.changes = changes

    def record(self, frame: int, value: T) -> None:
        """Note that `frame` is made with `value`. Raises ValueError if `frame` lies before the last change."""
        if self.changes and frame < self.changes[-1][0]:
            raise ValueError(f"frame {frame} comes before the recorded frame {self.changes[-1][0]}")
        if not self.changes or self.changes[-1][1] != value:
            self.changes = (*self.changes, (frame, value))

    def until(self, frame: int) -> Self:
        """Another history, of the frames before `frame` alone."""
        return type(self)(self.changes[: bisect_left(self.changes, frame, key=lambda change: change[0])])

    def rewind(self, frame: int) -> None:
        """Forget `frame` and all after it: they are made anew."""
        self.changes = self.until(frame).changes

    def at(self, frame: int) -> T:
        """What is in effect at `frame`. Raises LookupError for a frame before the first record."""
        changes = self.changes
        following = bisect_right(changes, frame, key=lambda change: change[0])
        if following == 0:
            raise LookupError(f"nothing was recorded at or before frame {frame}")
        return changes[following - 1][1]
