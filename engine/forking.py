"""Forking: a take goes on from any frame of another one, which is not heard again, with its own seed and controls."""

from __future__ import annotations

import threading

import torch

from engine.drawing import check
from engine.model.calm import Model
from engine.moment import Moment, Pen, put_down, with_rows
from engine.request import ALONE
from engine.snapshot import context_at
from engine.take import Take
from engine.telling import Telling


def fork_off(model: Model, take: Take, stop: threading.Event) -> tuple[Pen, Moment]:
    """The moment at which ``take`` leaves its parent: the snapshot before it, and from there on the parent's latents
    once more, at most 2 s of them, which need no head: 100 steps take no longer than one.

    Bit for bit the moment that the parent came to: with its seed, controls and place the take would be the parent's.
    """
    fork = take.request.fork
    found = fork.parent.trail.before(fork.parent, fork.frame)
    pen = Pen(model, Telling(model, take), found.join, context_at(model, found), stop)
    moment, at = found.moment, ALONE
    while moment.frame < fork.frame:
        check(stop)
        place = take.place_at(moment.frame)
        if place != at:
            pen, moment = with_rows(pen, moment, [at.row] * place.rows)
        latent = torch.from_numpy(take.drawn[moment.frame]).to(model.device)
        _, moment, _, _ = put_down(pen, moment, latent.expand(place.rows, 1, -1).clone())
        at = place
    return with_rows(pen, moment, [at.row])
