"""What the stages share that train a bend of Z with everything else frozen: what is learned from, and the exam."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.model.calm import Calm
from engine.train.precision import mixed


@torch.no_grad()
def read(calm: Calm, latents: Tensor) -> tuple[Tensor, Tensor]:
    """VAE latents (B, S, dim) -> Z (B, S, width) in contexts noised as in training, told nothing; and the frames."""
    x = calm.normalise(latents)
    with mixed():
        return calm.teacher_forced(x, noise=True), x


@torch.no_grad()
def examine(training: nn.Module, head: nn.Module, z: Tensor, x: Tensor, told: Tensor) -> Tensor:
    """The velocity error on unseen songs, every time with the same noise."""
    with torch.random.fork_rng(), mixed():
        torch.manual_seed(0)
        return training(head, z, x, told)[1]
