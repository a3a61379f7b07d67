"""The long context: a causal Transformer over all latents so far (CALM, section 3.1), trained on noised latents."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.config import TransformerConfig
from engine.model.transformer import CausalTransformer, TransformerState


def inject_noise(latents: Tensor) -> Tensor:
    """x~ = sqrt(k) e + sqrt(1 - k) x, k ~ U(0, 1) per position, e ~ N(0, I): variance preserving, level untold (CALM,
    eq. for noise injection). Training only: without it, small errors at inference feed on themselves."""
    level = torch.rand(*latents.shape[:-1], 1, device=latents.device, dtype=latents.dtype)
    return level.sqrt() * torch.randn_like(latents) + (1 - level).sqrt() * latents


class Backbone(nn.Module):
    """Latents (B, S, dim), normalised -> z_long (B, S, width). The first input of a sequence is the learned ``bos``."""

    def __init__(self, config: TransformerConfig, latent_dim: int):
        super().__init__()
        self.bos = nn.Parameter(torch.randn(latent_dim) * 0.5)
        self.embed = nn.Linear(latent_dim, config.width, bias=False)
        self.transformer = CausalTransformer(config.width, config.heads, [config.window] * config.layers)

    def forward(self, latents: Tensor, state: TransformerState | None = None) -> Tensor:
        embedded = self.embed(latents).to(latents.dtype)  # under autocast too, residuals keep full precision
        return self.transformer(embedded, state)
