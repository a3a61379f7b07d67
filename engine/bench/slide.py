"""`calm bench --slide`: does a long take stay in tune with itself, and in the same memory?

Each layer of the backbone looks back on a window of positions (512 in `studio`, 20 s) in a ring; what slides out of it
is written over. So Z depends on the last layers * (window - 1) + 1 latents and on nothing before them. Here a take is
written, then a fresh context is given those latents alone, by the same steps, from position 0. What is left between the
two Z is rounding, of rotary angles above all: at position 15,000 an angle in float32 is off by up to 0.0005. In 8 bits
a rounding can fall to the other side: `studio` differs by 0.02 after 200 s.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator

import psutil
import torch
from torch import Tensor

from engine.bench.prompt import request
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate
from engine.hold import held
from engine.model.calm import Model
from engine.take import Take
from engine.trail import SNAPSHOT_FRAMES, Trail

TOLERANCE = 0.05  # of the root mean square of Z, at worst
CONTROLS = Controls("consistency", 1)  # the steps of a head change nothing here but the time
TRAIL_BYTES = 64 << 20
Progress = Callable[[float, float], None]


@torch.inference_mode()
def slide(model: Model, seconds: float, progress: Progress) -> dict:
    """Write a take of so many ``seconds``; ``progress`` hears (seconds written, seconds in all).

    ``difference`` is the largest of Z and of Z heard anew, over the root mean square of Z. ``memory_mb`` is what the
    process held after the first quarter and at the end, without the take's own samples and peaks. CalmError if the take
    is shorter than what Z depends on.
    """
    take = Take(request(model.config.vae.sample_rate, seconds, CONTROLS), 1)
    take.trail = Trail(TRAIL_BYTES)
    reach, memory = reach_of(model), []
    for frame in generate(model, take, ControlBox(CONTROLS), threading.Event()):
        progress(frame.index / model.config.vae.frame_rate, seconds)
        memory.append(_memory_without(take) if frame.index % SNAPSHOT_FRAMES == 0 else memory[-1])
    last = take.trail.before(take, len(take.borders) - 1).moment
    if last.frame < reach:
        raise CalmError(f"Z depends on {reach} frames", f"Choose at least {reach / model.config.vae.frame_rate:.0f} s")
    again = heard_anew(model, torch.stack(list(latents_of(take, last.frame)))[-reach:])
    return {
        "model": model.info["name"],
        "arithmetic": model.steps.name,
        "frames": len(take.borders),
        "window": model.config.backbone.window,
        "reach": reach,
        "difference": float((again - last.z).abs().max() / last.z.square().mean().sqrt()),
        "tolerance": TOLERANCE,
        "memory_mb": [round(memory[len(memory) // 4] / 1e6), round(memory[-1] / 1e6)],
    }


def reach_of(model: Model) -> int:
    """How many latents Z depends on."""
    backbone = model.config.backbone
    return backbone.layers * (backbone.window - 1) + 1


def latents_of(take: Take, frames: int) -> Iterator[Tensor]:
    """The first ``frames`` latents (1, dim), normalised, as they were heard."""
    hold = take.trail.heard(take.request.prompt).moment.hold
    for drawn in take.drawn[:frames]:
        latent, hold = held(torch.from_numpy(drawn)[None], hold)
        yield latent[0]


def heard_anew(model: Model, latents: Tensor) -> Tensor:
    """Z (1, 1, width) after ``latents`` (T, 1, dim) alone, one by one."""
    state = model.calm.initial_state()
    for latent in latents:
        z = model.steps.context(latent[None], state)
    return z


def _memory_without(take: Take) -> int:
    """Bytes that the process holds, less those of the take's samples."""
    return psutil.Process(os.getpid()).memory_info().rss - take.samples[:, : take.written].nbytes
