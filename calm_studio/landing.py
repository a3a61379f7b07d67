"""Ending a take on a bar line. No Qt in here."""

import math
from dataclasses import replace

from calm_studio.freezing import frozen
from calm_studio.requests import grid_after, recipe_for
from calm_studio.values import Lane, Marks
from engine.errors import CalmError
from engine.landing import land
from engine.take import Take


def next_bar(lane: Lane, sample: int) -> int:
    """The first bar line in `lane` at or after `sample`, or its end if that comes first; without a beat, `sample`."""
    take, grid = lane.take, grid_after(lane)
    if grid is None:
        return sample
    bar = grid.beats_per_bar * 60 / grid.tempo
    line = math.ceil((sample / take.rate - grid.downbeat) / bar - 1e-6)
    return min(round((grid.downbeat + line * bar) * take.rate), take.samples.shape[1])


def landed(lane: Lane, sample: int, number: int, info: dict | None) -> Lane:
    """A copy of `lane`, as take `number`, that ends on the bar line nearest to `sample` and rings out.

    It keeps the recipe of what it was made from. Raises CalmError if there is no bar line after the cut.
    """
    take = frozen(lane.take)
    landing = land(take.audio.samples, take.rate, grid_after(lane), sample / take.rate)
    if landing.stop < take.cut:
        raise CalmError("There is no bar line after the cut to land on", "Make a longer take")
    copy = Take(replace(take.request, seconds=(landing.samples.shape[1] - take.cut) / take.rate, fork=None), number)
    copy.append(landing.samples[:, take.cut :])
    copy.seed, copy.history, copy.state = take.seed, take.history, "finished"
    bars = "" if landing.bars is None else f", {landing.bars} bars"
    return replace(
        lane,
        take=copy,
        growth=None,
        recipe=recipe_for(lane, take, info),
        note=f"landed from {lane.called.removeprefix('Take ')}{bars}",
        markers=(*lane.markers, (landing.stop, "landing")),
        scores=None,
        loop=None,
        marks=Marks(notes=lane.marks.notes, colour=lane.marks.colour),
    )
