"""Steering: when the controls are moved, what is written of a take and not heard yet is written anew, with them.

The take goes back to the first frame whose samples the player can still give back, and on from that frame's moment. As
that is the very moment of then, what was heard before and what is written now fit without a crossfade: the take is the
one it would be if the knob had been moved just there. Its history says so too, and makes it again.

How near to what sounds that may be depends on how fast frames come, the slowest of the last second above all: nothing
may run dry meanwhile. And it happens no more often than the buffer recovers, so that a slider can be dragged.
"""

from __future__ import annotations

from collections import deque
from itertools import takewhile

from engine.controls import Controls
from engine.governor import Cap
from engine.model.attention import SPARE
from engine.moment import Moment
from engine.take import Take

KEEP_SECONDS = 0.05  # of sound are left to the player, besides twice what the slowest of the last frames took
RECOVERED_SECONDS = 0.25  # beyond what is kept must be written before it is given up again
MOST_SECONDS = 2.5  # that can be gone back, a little less than SPARE frames
MOST_WORK = 0.03  # seconds for a frame of 40 ms: if it takes longer, the buffer would hardly come back


class Kept(deque[tuple[Moment, Controls]]):
    """The moments of the last frames, each with the controls wanted for its frame, as far as one can go back."""

    def __init__(self):
        super().__init__(maxlen=SPARE)


def can_steer(take: Take, kept: Kept, wanted: Controls, cap: Cap) -> bool:
    """Whether something not heard yet was written with other controls than those ``wanted`` now, and there is time."""
    ahead, work = take.ahead, cap.frame_work
    if take.reader is None or ahead is None or work is None or work > MOST_WORK:
        return False
    return _keep(cap) + RECOVERED_SECONDS <= ahead <= MOST_SECONDS and any(controls != wanted for _, controls in kept)


def gone_back(take: Take, kept: Kept, moment: Moment, wanted: Controls, cap: Cap) -> Moment:
    """Take back of ``take`` what has to be written anew, and return the moment to write on from; ``moment`` itself when
    it is too late for all that was written with other controls."""
    with take.reader.recall(take, _keep(cap)) as free:
        if free is None:
            return moment
        unheard = [each for each in kept if take.borders[each[0].frame] >= free]
        right = list(takewhile(lambda each: each[1] == wanted, unheard))
        if len(right) < len(unheard):
            moment = unheard[len(right)][0]
            take.rewind(moment.frame)
    kept.clear()
    kept.extend(right)
    return moment


def _keep(cap: Cap) -> float:
    return KEEP_SECONDS + 2 * cap.slowest_work
