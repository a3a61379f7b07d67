"""Turning: what a take is told is changed while it is written, at the first bar line that can still be written anew.

The bars are those of the sheet before; where that has none, it is changed at once. The change is kept in the take's
`sheets`, so that the same take comes out of its recipe, whenever somebody listened.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.music.bar_lines import line_after
from engine.music.leadsheet import LeadSheet
from engine.music.onward import SheetWish
from engine.rows import Row, live
from engine.take import Take


@dataclass(frozen=True, eq=False)
class Turn:
    """From `frame` on `take` is told `sheet`."""

    take: Take
    frame: int
    sheet: LeadSheet

    def carry_out(self) -> None:
        self.take.sheets.turn(self.frame, self.sheet)


def turns_wanted(rows: Sequence[Row], frame: int, frame_rate: float) -> list[Turn]:
    """What the rows' boxes ask for, if nothing before `frame` may change any more; the boxes are asked once."""
    wishes = [(row.take, row.box.take_wish()) for row in live(rows) if row.box.wishes]
    turns = [turn_of(take, wish, frame, frame_rate) for take, wish in wishes]
    return [turn for turn in turns if turn.take.sheets.at(turn.frame) != turn.sheet]


def turn_of(take: Take, wish: SheetWish, frame: int, frame_rate: float) -> Turn:
    """The turn to what is wished, at the first bar line that lies before the middle of `frame` or of one after it."""
    cut = take.cut / take.rate
    old = take.sheets.at(frame)
    line = line_after(old.grids if old else (), cut + (frame - 0.5) / frame_rate)
    at = max(frame, math.ceil((line - cut) * frame_rate - 0.5 - 1e-6))
    return Turn(take, at, wish.sheet(old, cut, line, take.samples.shape[1] / take.rate))


def turn(rows: Sequence[Row], frame: int, frame_rate: float) -> None:
    for each in turns_wanted(rows, frame, frame_rate):
        each.carry_out()
