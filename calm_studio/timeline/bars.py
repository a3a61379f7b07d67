"""Where bars and beats lie on the timeline, as far as they are known. No Qt in here."""

import math
from dataclasses import dataclass, replace

from calm_studio.requests import grids_of, last_of
from calm_studio.values import State
from engine.music.follow import follow
from engine.music.leadsheet import Grid

TIGHTEST = 6.0
"""Pixels between beats below which only bars are shown."""
ROOM = 26.0
"""Pixels that the number of a bar needs."""


@dataclass(frozen=True)
class Steady:
    """Time that keeps its tempo from second `start` to `stop` of the timeline; bar `number` begins at `downbeat`."""

    downbeat: float
    beat: float
    beats_per_bar: int
    number: int
    start: float
    stop: float


@dataclass(frozen=True)
class Beat:
    """At `seconds` of the timeline; `bar` is the number of the bar that it begins, where there is room to say so."""

    seconds: float
    begins: bool
    bar: int | None


def bars_of(state: State) -> tuple[Steady, ...]:
    """Of the selected take, or else of the clip, as far as it was heard for sure; () where nothing was. The first bar
    that begins in it is number 1."""
    lane, clip = state.lane, state.clip
    if lane is not None:
        return _counted(lane.offset, grids_of(lane))
    if clip is None or clip.heard is None:
        return ()
    return _counted(clip.start, follow(clip.heard, clip.stop - clip.start, 0.0).grids)


def bars_told(state: State) -> tuple[Steady, ...]:
    """The same, but of a take as it would be, were it made once more."""
    lane = state.lane
    if lane is None or lane.sheets is None:
        return bars_of(state)
    sheet = last_of(lane.sheets)
    return () if sheet is None else _counted(lane.offset, sheet.grids)


def _counted(offset: float, grids: tuple[Grid, ...]) -> tuple[Steady, ...]:
    """Grids whose times begin `offset` seconds into the timeline; each takes over at its downbeat, and counts on."""
    found: list[Steady] = []
    for grid in grids:
        beat, bar = 60 / grid.tempo, grid.beats_per_bar * 60 / grid.tempo
        if not found:
            first = offset + grid.downbeat + math.ceil(-grid.downbeat / bar - 1e-6) * bar
            found.append(Steady(first, beat, grid.beats_per_bar, 1, -math.inf, math.inf))
            continue
        last, turn = found[-1], offset + grid.downbeat
        number = last.number + math.ceil((turn - last.downbeat) / (last.beat * last.beats_per_bar) - 1e-6)
        found[-1] = replace(last, stop=turn)
        found.append(Steady(turn, beat, grid.beats_per_bar, number, turn, math.inf))
    return tuple(found)


def beats_between(bars: tuple[Steady, ...], start: float, stop: float, width: int) -> list[Beat]:
    """All beats from second `start` to `stop` of the timeline, which are `width` pixels wide; where there is no room
    for them those that begin bars, or every second, fourth, and so on, bar."""
    scale = width / (stop - start)
    return [beat for steady in bars for beat in _beats(steady, max(start, steady.start), min(stop, steady.stop), scale)]


def _beats(steady: Steady, start: float, stop: float, scale: float) -> list[Beat]:
    """`scale` is in pixels a second."""
    apart = steady.beat * steady.beats_per_bar * scale
    shown = 1
    while apart * shown < ROOM:
        shown *= 2
    size = 1 if steady.beat * scale >= TIGHTEST else steady.beats_per_bar * (1 if apart >= TIGHTEST else shown)
    first = math.ceil((start - steady.downbeat) / steady.beat / size - 1e-6)
    last = math.ceil((stop - steady.downbeat) / steady.beat / size - 1e-6)
    found = []
    for beat in range(first * size, last * size, size):
        bar, part = divmod(beat, steady.beats_per_bar)
        named = part == 0 and bar % shown == 0 and steady.number + bar > 0
        found.append(Beat(steady.downbeat + beat * steady.beat, part == 0, steady.number + bar if named else None))
    return found
