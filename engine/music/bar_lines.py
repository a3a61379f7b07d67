"""Bars of a lead sheet, whose tempo may change from one bar line on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.music.leadsheet import Grid

LATE = 0.25  # beats: a moment so shortly after a bar line counts as being on it
_HAIR = 1e-6  # bars


def bar_after(grid: Grid, seconds: float) -> int:
    """The number of the first bar that begins at or after a moment, or up to LATE beats before it."""
    return math.ceil((grid.beat(seconds) - LATE) / grid.beats_per_bar)


def line_after(grids: tuple[Grid, ...], seconds: float) -> float:
    """The second of the first bar line at or after a moment; the moment itself where there are no bars."""
    return next((start(grid, bar) for grid, bar in bars_of(grids, seconds, math.inf)), seconds)


def bars_of(grids: tuple[Grid, ...], first: float, end: float) -> Iterator[tuple[Grid, int]]:
    """Every bar that begins between two moments, `end` left out: its grid, and its number in that."""
    for index, grid in enumerate(grids):
        begin = first if index == 0 else max(first, grid.downbeat)
        stop = min(end, grids[index + 1].downbeat) if index + 1 < len(grids) else end
        bar = math.ceil(grid.beat(begin) / grid.beats_per_bar - _HAIR)
        while start(grid, bar + _HAIR) < stop:
            yield grid, bar
            bar += 1


def start(grid: Grid, bar: float) -> float:
    """The second at which a bar, or a part of one, begins."""
    return grid.second(bar * grid.beats_per_bar)
