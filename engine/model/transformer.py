"""A pre-norm causal Transformer, the body of both the backbone and the short context."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.model.attention import CausalAttention, KeyValues, rotary


@dataclass
class TransformerState:
    """``position`` of the next input and one cache per layer, written in place; `copy` before two futures part."""

    position: int
    caches: list[KeyValues]

    def copy(self) -> TransformerState:
        return TransformerState(self.position, [cache.copy() for cache in self.caches])


class Layer(nn.Module):
    """Attention, then a GELU MLP four times as wide; both pre-normed, residual and bias-free."""

    def __init__(self, width: int, heads: int, window: int):
        super().__init__()
        self.norm1, self.norm2 = nn.RMSNorm(width), nn.RMSNorm(width)
        self.attention = CausalAttention(width, heads, window)
        self.expand = nn.Linear(width, 4 * width, bias=False)
        self.contract = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], start: int, cache: KeyValues | None) -> Tensor:
        x = x + self.attention(self.norm1(x), turn, start, cache)
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))


class CausalTransformer(nn.Module):
    """Layers with one attention window each, (B, S, width) -> (B, S, width), normed at the end."""

    def __init__(self, width: int, heads: int, windows: list[int]):
        super().__init__()
        self.head_dim = width // heads
        self.layers = nn.ModuleList(Layer(width, heads, window) for window in windows)
        self.norm = nn.RMSNorm(width)
        for layer in self.layers:  # residual branches start small: their sum has unit scale (GPT-2)
            for out in (layer.attention.out, layer.contract):
                nn.init.normal_(out.weight, std=0.02 / (2 * len(windows)) ** 0.5)

    def initial_state(self, batch: int = 1) -> TransformerState:
        return TransformerState(0, [layer.attention.empty_cache(batch) for layer in self.layers])

    def forward(self, x: Tensor, state: TransformerState | None = None) -> Tensor:
        """With a state, x goes on from its position and the state moves on; without, x is a whole sequence."""
        start = state.position if state else 0
        caches = state.caches if state else [None] * len(self.layers)
        cosine, sine = rotary(torch.arange(start, start + x.shape[1], device=x.device), self.head_dim)
        turn = cosine.to(x.dtype), sine.to(x.dtype)
        for layer, cache in zip(self.layers, caches, strict=True):
            x = layer(x, turn, start, cache)
        if state:
            state.position += x.shape[1]
        return self.norm(x)
