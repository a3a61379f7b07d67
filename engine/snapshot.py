"""Snapshots: a moment with the keys and values that go with it, from which a take can be written on at any time.

Only the keys and values since the snapshot before are copied; all older ones are shared with it, so that a take's trail
grows by what its frames need once. Taking one is 0.1 ms of work, going back to one 2 ms (`studio`, one busy core).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.join import Join
from engine.model.attention import SPARE
from engine.model.calm import CalmState, Model
from engine.model.transformer import TransformerState
from engine.moment import Moment, Pen
from engine.rows import Row
from engine.take import Take
from engine.trail import SNAPSHOT_FRAMES


@dataclass(frozen=True, eq=False)
class Stretch:
    """A take's keys and values of the positions from `start` on: (layers, 2, 1, heads, n, head_dim), in main memory."""

    start: int
    rings: Tensor

    @property
    def stop(self) -> int:
        return self.start + self.rings.shape[4]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A moment, and the take's join; `backbone` and `short` hold what both contexts see from there, oldest first.
    `bytes` is about the memory that is this snapshot's alone."""

    moment: Moment
    join: Join
    backbone: tuple[Stretch, ...]
    short: tuple[Stretch, ...]
    bytes: int


def keep_snapshots(rows: Sequence[Row], moment: Moment, pen: Pen) -> None:
    """Leave a snapshot in the trail of each take that has one, if it is time for it."""
    for number, row in enumerate(rows):
        if row.take.trail is not None and not row.stopped:
            keep_snapshot(row.take, moment, pen, number)


def keep_snapshot(take: Take, moment: Moment, pen: Pen, row: int) -> None:
    """Leave one in the take's trail, if it is time for it and there is none; the take is that ``row`` of the batch."""
    if moment.frame % SNAPSHOT_FRAMES:
        return
    before = take.trail.before(take, moment.frame)
    if before is None or before.moment.frame < moment.frame:
        take.trail.add(take, snapshot(moment, pen.join, pen.context, row, before))


def snapshot(moment: Moment, join: Join, context: CalmState, row: int, before: Snapshot | None) -> Snapshot:
    """A row of the moment that ``context`` stands at, as it would be alone; ``before`` is the take's last
    snapshot on the way to it."""
    alone = moment.rows([row])
    backbone = _stretches(context.backbone, row, before.backbone if before else ())
    short = _stretches(context.short, row, ())
    own = sum(stretch.rings.nbytes for stretch in (backbone[-1], *short)) + alone.bytes
    return Snapshot(alone, join, backbone, short, own)


def context_at(model: Model, snapshot: Snapshot) -> CalmState:
    """The context as it was, for its moment to be written on from."""
    context = model.calm.initial_state()
    for state, stretches in ((context.backbone, snapshot.backbone), (context.short, snapshot.short)):
        for stretch in stretches:
            _put(state, stretch)
    return context


def _stretches(state: TransformerState, row: int, before: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """All that the row's next position sees, as far as possible out of ``before``."""
    oldest = max(0, state.position - _window(state))
    shared = tuple(stretch for stretch in before if stretch.stop > oldest)
    start = shared[-1].stop if shared else oldest
    slots = torch.arange(start, state.position, device=state.rings.device) % state.rings.shape[4]
    return (*shared, Stretch(start, state.rings[:, :, row : row + 1].index_select(4, slots).cpu()))


def _put(state: TransformerState, stretch: Stretch) -> None:
    slots = torch.arange(stretch.start, stretch.stop, device=state.rings.device) % state.rings.shape[4]
    state.rings[..., slots, :] = stretch.rings.to(state.rings)
    state.position = stretch.stop


def _window(state: TransformerState) -> int:
    return state.rings.shape[4] - SPARE
