"""Rows: takes of the same prompt that are written together as one batch, each with its own seed and controls."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.brief import Brief
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.request import Request
from engine.take import Take

MOST_ROWS = 4


@dataclass(frozen=True, eq=False)
class Row:
    """A take, the box of its controls, and what ends it before the others. A row that was stopped is written on, as
    the size of a batch never changes, but its take is left as it is."""

    take: Take
    box: ControlBox
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def stopped(self) -> bool:
        return self.stop.is_set()


def live(rows: Sequence[Row]) -> list[Row]:
    """The rows whose takes grow."""
    return [row for row in rows if not row.stopped]


def heard(rows: Sequence[Row]) -> Take | None:
    """The take that is heard, and sets the pace of all."""
    return next((row.take for row in live(rows) if row.take.playhead is not None), None)


def ahead_of(rows: Sequence[Row]) -> float | None:
    """Seconds that are written and not heard yet; None if no take is heard."""
    take = heard(rows)
    return None if take is None else take.ahead


def new_ahead_of(rows: Sequence[Row]) -> float | None:
    """Of these the seconds that are new: what a take began with is heard first, and leaves the writer idle."""
    take = heard(rows)
    ahead = None if take is None else take.ahead
    return None if ahead is None else min(ahead, (take.written - take.begun) / take.rate)


def wanted_by(rows: Sequence[Row]) -> tuple[Controls, ...]:
    """The controls of each row now; of a stopped one those of another, with which it costs least."""
    other = (live(rows) or rows)[0]
    return tuple((other if row.stopped else row).box.get() for row in rows)


def seeds_and_briefs(rows: Sequence[Row], frame: int) -> tuple[list[int], list[Brief]]:
    """What each row draws a frame with, and what it is told in it."""
    return [row.take.seed_at(frame) for row in rows], [row.take.brief_at(frame) for row in rows]


def check_together(requests: Sequence[Request]) -> None:
    """Raise CalmError unless the requests can be rows of one batch: the same but for seeds, controls and text."""
    if not 1 <= len(requests) <= MOST_ROWS:
        raise CalmError(f"{len(requests)} variations cannot be written together", f"Choose 1 to {MOST_ROWS}")
    if any(not _alike(requests[0], other) for other in requests):
        raise CalmError(
            "Takes that are written together must go on from the same place, equally far",
            "Continue them one after another",
        )


def _alike(one: Request, other: Request) -> bool:
    return _what(one) == _what(other)


def _what(request: Request) -> tuple:
    prompt, fork = request.prompt, request.fork
    left = (id(fork.parent), fork.frame) if fork else None
    return id(prompt.audio), prompt.start, prompt.stop, request.seconds, request.sheet, request.tries, left
