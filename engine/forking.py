"""Forking: a take goes on from any frame of another one, which is not heard again, with its own seed and controls.

Whatever is known of a take's latents leads to the same moments again, bit for bit, and needs no head: 100 steps take no
longer than one. So states are not kept with a take, but gone over: from a snapshot, or from its prompt on.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator

import torch

from engine.drawing import Stopped, check
from engine.listening import listen
from engine.model.calm import Model
from engine.moment import Moment, Pen, put_down, with_rows
from engine.request import ALONE
from engine.snapshot import Snapshot, context_at, keep_snapshot
from engine.take import Take
from engine.telling import Telling


def fork_off(model: Model, take: Take, stop: threading.Event) -> tuple[Pen, Moment]:
    """The moment at which ``take`` leaves its parent: the snapshot before it, and from there on the parent's latents
    once more, at most 2 s of them.

    Bit for bit the moment that the parent came to: with its seed, controls and place the take would be the parent's.
    """
    fork = take.request.fork
    found = fork.parent.trail.before(fork.parent, fork.frame)
    pen, moment, row = deque(_gone_over(*_at(found, model, take, stop), take, fork.frame), maxlen=1).pop()
    return with_rows(pen, moment, [row])


@torch.inference_mode()
def retrace(model: Model, take: Take, stop: threading.Event) -> None:
    """Leave snapshots in the trail of a take that came out of a project, so that it can be forked as if it had just
    been written; they are gone on with where ``stop`` broke off."""
    known = next((frame for frame, drawn in enumerate(take.drawn) if drawn is None), len(take.drawn))
    found = take.trail.before(take, known)
    try:
        start = _at(found, model, take, stop) if found else listen(model, take, stop)
        for pen, moment, row in _gone_over(*start, take, known):
            keep_snapshot(take, moment, pen, row)
    except Stopped:
        return


def _at(found: Snapshot, model: Model, take: Take, stop: threading.Event) -> tuple[Pen, Moment]:
    return Pen(model, Telling(model, take), found.join, context_at(model, found), stop), found.moment


def _gone_over(pen: Pen, moment: Moment, take: Take, frame: int) -> Iterator[tuple[Pen, Moment, int]]:
    """The moment, and what follows from it by the latents of a take until ``frame``, each with the take's row in it."""
    at = ALONE
    yield pen, moment, at.row
    while moment.frame < frame:
        check(pen.stop)
        place = take.place_at(moment.frame)
        if place != at:
            pen, moment = with_rows(pen, moment, [at.row] * place.rows)
        latent = torch.from_numpy(take.drawn[moment.frame]).to(pen.model.device)
        told = take.history.at(moment.frame), take.brief_at(moment.frame)
        more = (pen.told.more_energy(moment.frame, *told),) * place.rows
        _, moment, _, _ = put_down(pen, moment, latent.expand(place.rows, 1, -1).clone(), more)
        at = place
        yield pen, moment, at.row
