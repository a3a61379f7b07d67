"""One frame as a function: a moment and the controls go in, the frame's samples and the next moment come out.

A moment is a value: from any of the last SPARE (`engine.model.attention`) of a take, writing can go on once more, and
with the same controls and seed it gives the same samples. So what was written ahead and not heard yet can be taken back
(`engine.steering`), and joins what was heard without a seam: it is what would have been written then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np
from torch import Tensor

from engine.controls import Controls
from engine.drawing import draw
from engine.hold import Hold, held
from engine.join import Join, JoinState, joined
from engine.model.calm import CalmState, Model
from engine.model.vae import DecoderState
from engine.telling import Telling


@dataclass(frozen=True, eq=False)
class Pen:
    """What a take is written with from its first frame to its last. ``context`` is the one thing that changes: it holds
    the keys and values that a moment's next frame looks back on, and goes to and fro with the moments."""

    model: Model
    told: Telling
    join: Join
    context: CalmState
    stop: threading.Event


@dataclass(frozen=True, eq=False)
class Moment:
    """What ``frame``, counted from the cut, is made from: its Z (1, 1, width), and the states of decoder, join and
    hold. ``position`` is where the context stands."""

    frame: int
    position: int
    z: Tensor
    voice: DecoderState
    join: JoinState
    hold: Hold

    @property
    def bytes(self) -> int:
        return sum(_arrays(self))


@dataclass(frozen=True, eq=False)
class Frame:
    """One written frame: its number after the cut, its ``controls``, those that were ``wanted``, its samples (2, n) at
    the take's rate, and the seconds of work in each part."""

    index: int
    controls: Controls
    wanted: Controls
    block: np.ndarray
    backbone: float
    head: float
    decoder: float

    @property
    def work(self) -> float:
        return self.backbone + self.head + self.decoder


def write(
    pen: Pen, moment: Moment, controls: Controls, wanted: Controls, seed: int, lap: Callable[[], float]
) -> tuple[Frame, Moment]:
    """Draw the moment's frame, decode it, and hear it. ``lap`` tells the seconds since it was last called."""
    calm, steps = pen.model.calm, pen.model.steps
    pen.context.rewind(pen.context.position - moment.position)
    z = pen.told(moment.z, moment.frame, controls)
    latent, hold = held(draw(pen.model, z, controls, seed, moment.frame, pen.stop), moment.hold)
    head = lap()
    audio, voice = steps.decode(calm.denormalise(latent), moment.voice)
    block, join = joined(audio[0].cpu().numpy(), pen.join, moment.join)
    decoder = lap()
    z = steps.context(latent, pen.context)
    frame = Frame(moment.frame, controls, wanted, block, lap(), head, decoder)
    return frame, Moment(moment.frame + 1, pen.context.position, z, voice, join, hold)


def _arrays(value) -> Iterator[int]:
    """The bytes of every array in nested records and lists."""
    if hasattr(value, "nbytes"):
        yield value.nbytes
    elif isinstance(value, list):
        for each in value:
            yield from _arrays(each)
    elif hasattr(value, "__dataclass_fields__"):
        for field in fields(value):
            yield from _arrays(getattr(value, field.name))
