"""What a take is told, frame by frame: its lead sheet can be changed while it is written, from a bar line on."""

from __future__ import annotations

from itertools import pairwise

from engine.histories import History
from engine.music.leadsheet import LeadSheet
from engine.request import SheetFrom

Told = tuple[tuple[int, LeadSheet | None], ...]
"""(frame, what is told from there on) by rising frame, the first at 0."""


class SheetHistory(History[LeadSheet | None]):
    """The lead sheet of every frame of a take, None where nothing is told. The last one is for all frames to come; it
    may begin later than what is written so far."""

    def turn(self, frame: int, sheet: LeadSheet | None) -> None:
        """From `frame` on `sheet` is told, in place of all that was to be told from there."""
        before = self.until(frame)
        before.record(frame, sheet)
        self.changes = before.changes

    @property
    def latest(self) -> LeadSheet | None:
        return self.changes[-1][1]

    @classmethod
    def of(cls, told: tuple[SheetFrom, ...]) -> SheetHistory:
        return cls(tuple((each.frame, each.sheet) for each in told))

    @property
    def as_told(self) -> tuple[SheetFrom, ...]:
        """As recipes have it."""
        return tuple(SheetFrom(*change) for change in self.changes)


def in_order(told: tuple[SheetFrom, ...]) -> bool:
    """Whether these can be the sheets of a take."""
    frames = [each.frame for each in told]
    return frames[:1] == [0] and all(a < b for a, b in pairwise(frames))
