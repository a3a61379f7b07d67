"""The blocks that more than one part of the model is made of."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class CausalConvNeXt(nn.Module):
    """ConvNeXt block (Liu et al., 2022) whose depthwise convolution sees only the present and the past."""

    def __init__(self, width: int, kernel: int):
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, groups=width)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 4 * width)
        self.contract = nn.Linear(4 * width, width)
        self.scale = nn.Parameter(torch.full((width,), 0.1))

    @property
    def memory(self) -> int:
        """Past positions that the next output still needs."""
        return self.depthwise.kernel_size[0] - 1

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, T, width) and the ``memory`` inputs before it (B, memory, width) -> output (B, T, width), new past."""
        seen = torch.cat([past, x], dim=1)
        y = self.depthwise(seen.transpose(1, 2)).transpose(1, 2)
        y = self.contract(F.gelu(self.expand(self.norm(y))))
        return x + self.scale * y, seen[:, seen.shape[1] - self.memory :]


class ConvStack(nn.Module):
    """A chain of causal ConvNeXt blocks with one past per block."""

    def __init__(self, width: int, layers: int, kernel: int):
        super().__init__()
        self.width = width
        self.blocks = nn.ModuleList(CausalConvNeXt(width, kernel) for _ in range(layers))

    def initial(self, batch: int, like: Tensor) -> list[Tensor]:
        """The pasts before anything was heard: zeros."""
        return [like.new_zeros(batch, block.memory, self.width) for block in self.blocks]

    def forward(self, x: Tensor, pasts: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """x (B, T, width), one past per block -> output (B, T, width), new pasts."""
        after = []
        for block, past in zip(self.blocks, pasts, strict=True):
            x, past = block(x, past)
            after.append(past)
        return x, after
