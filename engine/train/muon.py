"""Muon (Jordan et al., 2024), an optimiser for matrices: what momentum points to is made nearly orthogonal."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from engine.train.precision import has_bfloat16

QUINTIC = 3.4445, -4.7750, 2.0315  # of x, x^3 and x^5: it takes small singular values towards 1 the fastest
ITERATIONS = 5
SIZE = 0.2  # root mean square of an update at a rate of 1, like AdamW's (Liu et al., arXiv 2502.16982)


class Muon(torch.optim.Optimizer):
    """For matrices alone, with Nesterov's momentum; rates and decay are those of AdamW.

    torch has it too, but only in bfloat16. Where a CPU imitates that, it took 4 of the 9.5 s of a step of `studio`.
    """

    def __init__(self, matrices: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.1):
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is not None:
                    self._move(matrix, group["lr"], group["momentum"], group["weight_decay"])

    def _move(self, matrix: nn.Parameter, lr: float, momentum: float, decay: float) -> None:
        state = self.state[matrix]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(matrix)
        ahead = matrix.grad.lerp(state["momentum_buffer"].lerp_(matrix.grad, 1 - momentum), momentum)
        matrix.mul_(1 - lr * decay)
        matrix.add_(orthogonal(ahead), alpha=-lr * SIZE * max(matrix.shape) ** 0.5)


def orthogonal(matrix: Tensor) -> Tensor:
    """The matrix with its singular values near 1, by Newton and Schulz's iteration, in bfloat16 where the device
    multiplies in it by itself."""
    dtype = torch.bfloat16 if matrix.device.type != "cpu" or has_bfloat16() else torch.float32
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    a, b, c = QUINTIC
    x = (wide / wide.norm().clamp(min=1e-7)).to(dtype)
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x if wide is matrix else x.T).to(matrix.dtype)
