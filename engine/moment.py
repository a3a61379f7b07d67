"""One frame as a function: a moment and the controls go in, the frame's samples and the next moment come out.

All is for a batch of takes that are written together, its rows; a take that is written alone is a batch of one.

A moment is a value: from any of the last SPARE (`engine.model.attention`) of a take, writing can go on once more, and
with the same controls and seed it gives the same samples. So what was written ahead and not heard yet can be taken back
(`engine.steering`), and joins what was heard without a seam: it is what would have been written then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from torch import Tensor

from engine.brief import Brief
from engine.controls import Controls
from engine.drawing import draw
from engine.hold import Hold, held
from engine.join import Join, JoinState, joined
from engine.model.calm import CalmState, Model
from engine.model.vae import DecoderState
from engine.telling import Telling


@dataclass(frozen=True, eq=False)
class Pen:
    """What takes are written with from the first frame to the last. ``context`` is the one thing that changes: it holds
    the keys and values that a moment's next frame looks back on, and goes to and fro with the moments."""

    model: Model
    told: Telling
    join: Join
    context: CalmState
    stop: threading.Event


@dataclass(frozen=True, eq=False)
class Moment:
    """What ``frame``, counted from the cut, is made from: its Z (B, 1, width), and the states of decoder, joins and
    hold. ``position`` is where the context stands, ``past`` (B, n, dim) the last normalised latents that it heard, as
    many as the backbone sees."""

    frame: int
    position: int
    z: Tensor
    past: Tensor
    voice: DecoderState
    joins: tuple[JoinState, ...]
    hold: Hold

    def rows(self, wanted: Sequence[int]) -> Moment:
        """The moment of the rows ``wanted``, in this order; one may come more than once."""
        if list(wanted) == list(range(len(self.joins))):
            return self
        voice, joins, hold = self.voice.rows(wanted), tuple(self.joins[row] for row in wanted), self.hold.rows(wanted)
        return Moment(self.frame, self.position, self.z[wanted], self.past[wanted], voice, joins, hold)

    @property
    def bytes(self) -> int:
        return sum(_arrays(self))


@dataclass(frozen=True, eq=False)
class Frame:
    """One written frame of a take: its number after the cut, its ``controls``, those that were ``wanted``, its samples
    (2, n) at the take's rate, the latent (1, dim) that was ``drawn``, and the seconds of work in each part, on all rows
    of the batch."""

    index: int
    controls: Controls
    wanted: Controls
    block: np.ndarray
    drawn: np.ndarray
    backbone: float
    head: float
    decoder: float

    @property
    def work(self) -> float:
        return self.backbone + self.head + self.decoder


def write(
    pen: Pen,
    moment: Moment,
    controls: Sequence[Controls],
    wanted: Sequence[Controls],
    seeds: Sequence[int],
    briefs: Sequence[Brief],
    lap: Callable[[], float],
) -> tuple[tuple[Frame, ...], Moment]:
    """Draw each row's next frame, decode it, and hear it. ``lap`` tells the seconds since it was last called."""
    drawn = draw(pen.model, _told(pen, moment, controls, briefs), controls, seeds, moment.frame, pen.stop)
    head = lap()
    more = tuple(pen.told.more_energy(moment.frame, *way) for way in zip(controls, briefs, strict=True))
    blocks, after, decoder, backbone = put_down(pen, moment, drawn, more, lap)
    rows = zip(controls, wanted, blocks, drawn.cpu().numpy(), strict=True)
    return tuple(Frame(moment.frame, *row, backbone, head, decoder) for row in rows), after


def put_down(
    pen: Pen, moment: Moment, drawn: Tensor, more: tuple[float, ...], lap: Callable[[], float] = lambda: 0.0
) -> tuple[tuple[np.ndarray, ...], Moment, float, float]:
    """What follows from the latents (B, 1, dim) that were drawn for each row, whose sections have so much ``more``
    energy than the prompt: samples (2, n), the next moment, and the seconds of work of decoder and backbone."""
    calm, steps = pen.model.calm, pen.model.steps
    pen.context.rewind(pen.context.position - moment.position)
    latents, hold = held(drawn, moment.hold, more)
    speak = steps.begin_decoding(calm.denormalise(latents), moment.voice)
    decoder = lap()
    z = steps.context(latents, pen.context)
    audio, voice = speak()
    spoken = zip(audio.cpu().numpy(), moment.joins, strict=True)
    blocks, joins = zip(*(joined(sound, pen.join, state) for sound, state in spoken), strict=True)
    past = torch.cat([moment.past, latents], dim=1)[:, 1 - pen.model.config.backbone.window :]
    return blocks, Moment(moment.frame + 1, pen.context.position, z, past, voice, joins, hold), decoder, lap()


def _told(pen: Pen, moment: Moment, controls: Sequence[Controls], briefs: Sequence[Brief]) -> Tensor:
    """Z (B, 1, width) as the brief and the controls of each row have it bent; the others are along, as in
    `engine.drawing.draw`."""
    manners = [
        (id(brief.sheet), brief.text, each.follow, each.harmony, each.recall, each.text_strength)
        for brief, each in zip(briefs, controls, strict=True)
    ]
    ways = dict(zip(manners, zip(controls, briefs, strict=True), strict=True))
    bent = {manner: pen.told(moment.z, moment.past, moment.frame, *way) for manner, way in ways.items()}
    return torch.cat([bent[manner][row : row + 1] for row, manner in enumerate(manners)])


def with_rows(pen: Pen, moment: Moment, wanted: Sequence[int]) -> tuple[Pen, Moment]:
    """To be written on from as another batch: the rows ``wanted`` of this one, in this order; one may come more than
    once."""
    there = moment.rows(wanted)
    return (pen, moment) if there is moment else (replace(pen, context=pen.context.rows(wanted)), there)


def _arrays(value) -> Iterator[int]:
    """The bytes of every array in nested records and lists."""
    if hasattr(value, "nbytes"):
        yield value.nbytes
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _arrays(each)
    elif hasattr(value, "__dataclass_fields__"):
        for field in fields(value):
            yield from _arrays(getattr(value, field.name))
