"""A pre-norm causal Transformer, the body of both the backbone and the short context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.model.attention import SPARE, CausalAttention, rotary


@dataclass
class TransformerState:
    """``position`` of the next input, and every layer's ring (see `engine.model.attention`), written in place:
    ``rings`` (layers, 2, B, heads, slots, head_dim). `copy` before two futures part."""

    position: int
    rings: Tensor

    def copy(self) -> TransformerState:
        return TransformerState(self.position, self.rings.clone())

    def rows(self, wanted: Sequence[int]) -> TransformerState:
        """A copy of the rows ``wanted`` of the batch, in this order; one may come more than once."""
        index = torch.tensor(wanted, device=self.rings.device)
        return TransformerState(self.position, self.rings.index_select(2, index))

    def rewind(self, inputs: int) -> None:
        """Go back by so many inputs, at most SPARE since the furthest that the state has ever been."""
        if not 0 <= inputs <= min(SPARE, self.position):
            raise ValueError(f"cannot go back {inputs} inputs from position {self.position}")
        self.position -= inputs


class Layer(nn.Module):
    """Attention, then a GELU MLP four times as wide; both pre-normed, residual and bias-free."""

    def __init__(self, width: int, heads: int, window: int):
        super().__init__()
        self.norm1, self.norm2 = nn.RMSNorm(width), nn.RMSNorm(width)
        self.attention = CausalAttention(width, heads, window)
        self.expand = nn.Linear(width, 4 * width, bias=False)
        self.contract = nn.Linear(4 * width, width, bias=False)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], start: int, ring: Tensor | None) -> Tensor:
        x = x + self.attention(self.norm1(x), turn, start, ring)
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))


class CausalTransformer(nn.Module):
    """Layers with one attention window each, (B, S, width) -> (B, S, width), normed at the end."""

    def __init__(self, width: int, heads: int, windows: list[int]):
        super().__init__()
        self.heads, self.head_dim, self.slots = heads, width // heads, max(windows) + SPARE
        self.layers = nn.ModuleList(Layer(width, heads, window) for window in windows)
        self.norm = nn.RMSNorm(width)
        for layer in self.layers:  # residual branches start small: their sum has unit scale (GPT-2)
            for out in (layer.attention.out, layer.contract):
                nn.init.normal_(out.weight, std=0.02 / (2 * len(windows)) ** 0.5)

    def initial_state(self, batch: int = 1) -> TransformerState:
        shape = (len(self.layers), 2, batch, self.heads, self.slots, self.head_dim)
        return TransformerState(0, self.norm.weight.new_zeros(shape))

    def forward(self, x: Tensor, state: TransformerState | None = None) -> Tensor:
        """With a state, x goes on from its position and the state moves on; without, x is a whole sequence."""
        start = state.position if state else 0
        rings = state.rings if state else [None] * len(self.layers)
        cosine, sine = rotary(torch.arange(start, start + x.shape[1], device=x.device), self.head_dim)
        turn = cosine.to(x.dtype), sine.to(x.dtype)
        for layer, ring in zip(self.layers, rings, strict=True):
            x = layer(x, turn, start, ring)
        if state:
            state.position += x.shape[1]
        return self.norm(x)
