"""The short context: a small Transformer that sees exactly the last K clean latents (CALM, section 3.2; K = 10).

A stack of L layers that each look back w - 1 positions sees L (w - 1) + 1. So the K - 1 steps back are dealt out over
the layers: the stack as a whole sees K latents, no more, in training as in streaming, at the cost of one pass.
"""

from __future__ import annotations

from torch import Tensor, nn

from engine.config import TransformerConfig
from engine.model.transformer import CausalTransformer, TransformerState


def layer_windows(window: int, layers: int) -> list[int]:
    """Windows per layer whose reach adds up to ``window``: (10, 4) -> [4, 3, 3, 3]."""
    steps, rest = divmod(window - 1, layers)
    return [1 + steps + (index < rest) for index in range(layers)]


class ShortContext(nn.Module):
    """Latents (B, S, dim), normalised and clean -> z_short (B, S, width)."""

    def __init__(self, config: TransformerConfig, latent_dim: int):
        super().__init__()
        self.embed = nn.Linear(latent_dim, config.width, bias=False)
        self.transformer = CausalTransformer(config.width, config.heads, layer_windows(config.window, config.layers))

    def forward(self, latents: Tensor, state: TransformerState | None = None) -> Tensor:
        embedded = self.embed(latents).to(latents.dtype)  # under autocast too, residuals keep full precision
        return self.transformer(embedded, state)
