"""Steering: when the controls are moved, or something else is to be told, what is written of a take and not heard yet
is written anew.

The take goes back to the first frame whose samples the player can still give back, and on from that frame's moment. As
that is the very moment of then, what was heard before and what is written now fit without a crossfade: the take is the
one it would be if the knob had been moved just there. Its history says so too, and makes it again.

How near to what sounds that may be depends on how fast frames come, the slowest of the last second above all: nothing
may run dry meanwhile. And it happens no more often than the buffer recovers, so that a slider can be dragged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import takewhile

from engine.controls import Controls
from engine.governor import Cap
from engine.model.attention import SPARE
from engine.moment import Moment
from engine.rows import Row, heard, live
from engine.turning import turns_wanted

KEEP_SECONDS = 0.05  # of sound are left to the player, besides twice what the slowest of the last frames took
RECOVERED_SECONDS = 0.25  # beyond what is kept must be written before it is given up again
MOST_SECONDS = 2.5  # that can be gone back, a little less than SPARE frames
MOST_WORK = 0.03  # seconds for a frame of 40 ms: if it takes longer, the buffer would hardly come back


class Kept(deque[tuple[Moment, tuple[Controls, ...]]]):
    """The moments of the last frames, each with the controls wanted for its frame, as far as one can go back."""

    def __init__(self):
        super().__init__(maxlen=SPARE)


def can_steer(rows: Sequence[Row], kept: Kept, cap: Cap) -> bool:
    """Whether something not heard yet was written with other controls than those wanted now, or something else is to be
    told, and there is time."""
    take, work = heard(rows), cap.frame_work
    ahead = None if take is None or take.reader is None else take.ahead
    if ahead is None or work is None or work > MOST_WORK:
        return False
    moved = any(row.box.wishes for row in live(rows)) or not all(_right(rows, used) for _, used in kept)
    return moved and _keep(cap) + RECOVERED_SECONDS <= ahead <= MOST_SECONDS


def gone_back(rows: Sequence[Row], kept: Kept, moment: Moment, cap: Cap, frame_rate: float) -> Moment:
    """Take back what has to be written anew, and return the moment to write on from; ``moment`` itself when it is too
    late for all that was written with other controls. All rows go back: those whose controls were not moved come out
    the same. What they are told changes at the first bar line after what was heard."""
    take = heard(rows)
    reader = None if take is None else take.reader
    if reader is None:
        return moment
    with reader.recall(take, _keep(cap)) as free:
        if free is None:
            return moment
        unheard = [each for each in kept if take.borders[each[0].frame] >= free]
        turns = turns_wanted(rows, unheard[0][0].frame if unheard else moment.frame, frame_rate)
        turned = min((turn.frame for turn in turns), default=moment.frame)
        right = list(takewhile(lambda each: each[0].frame < turned and _right(rows, each[1]), unheard))
        if len(right) < len(unheard):
            moment = unheard[len(right)][0]
            for row in live(rows):
                row.take.rewind(moment.frame)
        for turn in turns:  # only now, so that whoever reads both sees the one or the other change
            turn.carry_out()
    kept.clear()
    kept.extend(right)
    return moment


def _right(rows: Sequence[Row], used: Sequence[Controls]) -> bool:
    """Whether the controls are those that are wanted now; a stopped row wants nothing."""
    return all(row.stopped or each == row.box.get() for row, each in zip(rows, used, strict=True))


def _keep(cap: Cap) -> float:
    return KEEP_SECONDS + 2 * cap.slowest_work
