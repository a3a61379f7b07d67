"""Where bars and beats lie on the timeline, as far as they are known. No Qt in here."""

import math
from dataclasses import dataclass

from calm_studio.requests import grid_after, grid_before
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
        before, after = grid_before(lane), grid_after(lane)
        return () if before is None else _counted(lane.offset, before, after)
    if clip is None or clip.heard is None:
        return ()
    grids = follow(clip.heard, clip.stop - clip.start, 0.0).grids
    return _counted(clip.start, grids[0], grids[-1]) if grids else ()


def _counted(offset: float, before: Grid, after: Grid) -> tuple[Steady, ...]:
    """Two grids, whose times begin `offset` seconds into the timeline; the second counts from its downbeat on."""
    bar = before.beats_per_bar * 60 / before.tempo
    first = before.downbeat + math.ceil(-before.downbeat / bar - 1e-6) * bar
    own = Steady(offset + first, 60 / before.tempo, before.beats_per_bar, 1, -math.inf, math.inf)
    if before == after:
        return (own,)
    turn, number = offset + after.downbeat, 1 + math.ceil((after.downbeat - first) / bar - 1e-6)
    return (
        Steady(own.downbeat, own.beat, own.beats_per_bar, 1, -math.inf, turn),
        Steady(turn, 60 / after.tempo, after.beats_per_bar, number, turn, math.inf),
    )


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
