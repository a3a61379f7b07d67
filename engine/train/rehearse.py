"""The contexts in which the consistency head is trained: those of songs, and those that it makes itself.

A head that only ever heard songs is lost as soon as its own small errors are in the context. So the student goes on
from a stretch of a song as it will in use, and the teacher shows, in each context that comes of it, what it would have
drawn there (imitation learning from one's own states: DAgger, Ross et al., 2011).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from engine.controls import MAX_FOLLOW
from engine.hold import held, hold_of
from engine.model.calm import Calm
from engine.model.head import Head
from engine.sampling import consistency, trigflow

PROMPT_FRAMES = 128
STUDENT_STEPS = (1, 2, 4)
TEACHER_STEPS = 16


@dataclass(frozen=True, eq=False)
class Frames:
    """Contexts ``z`` (N, width) and what is to follow each, ``x0`` (N, dim), normalised; float32."""

    z: Tensor
    x0: Tensor

    def joined(self, other: Frames) -> Frames:
        return Frames(torch.cat([self.z, other.z]), torch.cat([self.x0, other.x0]))

    def some(self, count: int) -> Frames:
        picks = torch.randint(len(self.z), (count,))
        return Frames(self.z[picks], self.x0[picks])


@torch.no_grad()
def read(calm: Calm, latents: Tensor, sheet: Tensor) -> Frames:
    """VAE latents (B, S, dim) and what is told of them -> the frames of songs, in contexts noised as in training."""
    x = calm.normalise(latents)
    with torch.autocast("cpu", torch.bfloat16):
        z = calm.follow(calm.teacher_forced(x, noise=True), sheet, some_strength(len(x)))
    return Frames(z.flatten(0, 1).float(), x.flatten(0, 1))


@torch.no_grad()
def rehearse(calm: Calm, latents: Tensor, sheet: Tensor) -> Frames:
    """The same crops, but from PROMPT_FRAMES on as the student writes them, with the teacher's answer to each context.

    Each crop has its own temperature, 0.7 to 1; all share a number of steps.
    """
    x = calm.normalise(latents)
    hold = hold_of(x[:, :PROMPT_FRAMES], calm.config.vae.frame_rate)
    steps = STUDENT_STEPS[torch.randint(len(STUDENT_STEPS), ()).item()]
    spread = (0.7 + 0.3 * torch.rand(len(x), 1)).sqrt()
    student, teacher = calm.heads["consistency"], calm.heads["trigflow"]
    strength, contexts = some_strength(len(x))[:, 0], []
    _, state = calm.begin(len(x))
    z = calm.context(x[:, :PROMPT_FRAMES], state)[:, -1]
    for frame in range(PROMPT_FRAMES, x.shape[1]):
        bent = calm.follow(z, sheet[:, frame], strength)
        contexts.append(bent)
        drawn = consistency(partial(ask, student, bent), lambda: spread * torch.randn_like(x[:, 0]), steps, 1.0)
        frame_held, hold = held(drawn.unsqueeze(1), hold)
        z = calm.context(frame_held, state)[:, 0]
    z = torch.cat(contexts)
    return Frames(z, trigflow(partial(ask, teacher, z), lambda: torch.randn(len(z), x.shape[-1]), TEACHER_STEPS, 1.0))


def some_strength(batch: int) -> Tensor:
    """(batch, 1, 1): how firmly each follows its sheet, anything that the knob allows."""
    return MAX_FOLLOW * torch.rand(batch, 1, 1)


def ask(head: Head, z: Tensor, x_t: Tensor, t: Tensor) -> Tensor:
    return head(x_t, t, z)
