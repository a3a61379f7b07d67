"""The head: an AdaLN MLP F(x_t, t, Z) that draws one latent frame, as in MAR (Li et al., 2024)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import HeadConfig


class TimeEmbedding(nn.Module):
    """t in [0, pi / 2] (N,) -> (N, width): sines and cosines, longest period 10000 * 2 pi, then an MLP."""

    def __init__(self, features: int, width: int):
        super().__init__()
        steps = torch.arange(features // 2, dtype=torch.float32, device="cpu")  # a constant also on the meta device
        self.register_buffer("rates", 10_000.0 ** (-steps / (features // 2)), persistent=False)
        self.mlp = nn.Sequential(nn.Linear(features, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, t: Tensor) -> Tensor:
        angles = t.unsqueeze(-1) * self.rates.to(t.dtype)
        return self.mlp(torch.cat([angles.cos(), angles.sin()], dim=-1))


class Block(nn.Module):
    """Residual MLP whose norm is shifted, scaled and gated by the condition; the gate starts at 0."""

    def __init__(self, width: int):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.modulation = nn.Linear(width, 3 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, h: Tensor, condition: Tensor) -> Tensor:
        shift, scale, gate = self.modulation(condition).chunk(3, dim=-1)
        return h + gate * self.mlp(self.norm(h) * (1 + scale) + shift)


class Head(nn.Module):
    """F of TrigFlow: noisy latents (N, dim), times (N,) and conditions Z (N, condition) -> (N, dim)."""

    def __init__(self, config: HeadConfig, latent_dim: int, condition: int):
        super().__init__()
        self.embed = nn.Linear(latent_dim, config.width)
        self.time = TimeEmbedding(config.time_features, config.width)
        self.condition = nn.Linear(condition, config.width)
        self.blocks = nn.ModuleList(Block(config.width) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width, eps=1e-6, elementwise_affine=False)
        self.modulation = nn.Linear(config.width, 2 * config.width)
        self.out = nn.Linear(config.width, latent_dim)
        for layer in (self.modulation, self.out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor, t: Tensor, z: Tensor) -> Tensor:
        condition = F.silu(self.time(t) + self.condition(z))
        h = self.embed(x)
        for block in self.blocks:
            h = block(h, condition)
        shift, scale = self.modulation(condition).chunk(2, dim=-1)
        return self.out(self.norm(h) * (1 + scale) + shift)
