"""What the stages share that train a bend of Z with everything else frozen: what is learned from, and the exam."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.model.calm import Calm
from engine.model.recall import recalled
from engine.train.latent_crops import Lesson
from engine.train.precision import mixed

BLURRED = 0.25  # of the variance, at most, of what is recalled is noise: in use the model wrote it itself


def remembered(x: Tensor, ago: Tensor) -> Tensor:
    """What the model recalls while it learns from the frames x (B, S, dim), each stretch blurred by as much noise as
    comes; where that lies is told by ``ago`` (B, S, BARS, FIELDS)."""
    level = BLURRED * torch.rand(len(x), 1, 1, device=x.device)
    past = level.sqrt() * torch.randn_like(x) + (1 - level).sqrt() * x
    return recalled(past, torch.arange(x.shape[1], device=x.device), ago)


def exams(lesson: Lesson) -> dict[str, Lesson]:
    """The same stretches told everything, by the sheet alone, and nothing at all."""
    forgotten = lesson._replace(ago=torch.full_like(lesson.ago, torch.nan))
    return {"": lesson, "_by_sheet": forgotten, "_free": forgotten._replace(sheet=torch.zeros_like(lesson.sheet))}


@torch.no_grad()
def read(calm: Calm, latents: Tensor) -> tuple[Tensor, Tensor]:
    """VAE latents (B, S, dim) -> Z (B, S, width) in contexts noised as in training, told nothing; and the frames."""
    x = calm.normalise(latents)
    with mixed(x.device.type):
        return calm.teacher_forced(x, noise=True), x


@torch.no_grad()
def examine(training: nn.Module, head: nn.Module, z: Tensor, x: Tensor, told: Tensor | tuple) -> Tensor:
    """The velocity error on unseen songs, every time with the same noise."""
    with torch.random.fork_rng(), mixed(x.device.type):
        torch.manual_seed(0)
        return training(head, z, x, told)[1]
