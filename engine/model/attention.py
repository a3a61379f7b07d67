"""Causal self-attention over a sliding window: one parallel pass in training, a ring buffer when streaming."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass
class KeyValues:
    """One layer's cache, written in place: (B, heads, window, head_dim) each; position p lies in slot p % window."""

    keys: Tensor
    values: Tensor

    def copy(self) -> KeyValues:
        return KeyValues(self.keys.clone(), self.values.clone())


def rotary(positions: Tensor, head_dim: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine (S, head_dim / 2) of the rotary angles of positions (S,), base 10000 (Su et al., 2021)."""
    rates = 10_000.0 ** (-torch.arange(0, head_dim, 2, device=positions.device, dtype=torch.float32) / head_dim)
    angles = positions.float().unsqueeze(1) * rates
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """x (..., S, head_dim) turned pairwise, first half against second half."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], dim=-1)


class CausalAttention(nn.Module):
    """Multi-head attention in which position p sees positions p - window + 1 .. p. Bias-free."""

    def __init__(self, width: int, heads: int, window: int):
        super().__init__()
        self.heads, self.window, self.head_dim = heads, window, width // heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def empty_cache(self, batch: int) -> KeyValues:
        like = self.qkv.weight
        shape = (batch, self.heads, self.window, self.head_dim)
        return KeyValues(like.new_zeros(shape), like.new_zeros(shape))

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], start: int, cache: KeyValues | None) -> Tensor:
        """x (B, S, width) at positions start .. start + S - 1, ``turn`` their rotary cosine and sine -> (B, S, width).

        With a cache, earlier positions are read from it and these are written to it; without one, start must be 0.
        """
        batch, length, width = x.shape
        query, key, value = self.qkv(x).view(batch, length, 3, self.heads, self.head_dim).permute(2, 0, 3, 1, 4)
        query, key = rotate(query, *turn), rotate(key, *turn)
        if cache is None:
            y = self._attend(query, key, value, 0)
        elif length == 1:
            self._write(cache, start, key, value)
            held = min(start + 1, self.window)
            y = F.scaled_dot_product_attention(query, cache.keys[:, :, :held], cache.values[:, :, :held])
        else:
            past = torch.arange(max(0, start - self.window + 1), start, device=x.device)
            slots = past % self.window
            keys = torch.cat([cache.keys[:, :, slots], key], dim=2)
            values = torch.cat([cache.values[:, :, slots], value], dim=2)
            y = self._attend(query, keys, values, len(past))
            self._write(cache, start, key, value)
        return self.out(y.transpose(1, 2).reshape(batch, length, width))

    def _attend(self, query: Tensor, keys: Tensor, values: Tensor, past: int) -> Tensor:
        """Windowed attention of queries at positions ``past`` .. over all keys, which begin at position 0."""
        length, total = query.shape[2], keys.shape[2]
        if past == 0 and total <= self.window:
            return F.scaled_dot_product_attention(query, keys, values, is_causal=True)
        back = torch.arange(past, total, device=query.device).unsqueeze(1) - torch.arange(total, device=query.device)
        seen = (back >= 0) & (back < self.window)
        assert seen.shape == (length, total)
        return F.scaled_dot_product_attention(query, keys, values, attn_mask=seen)

    def _write(self, cache: KeyValues, start: int, key: Tensor, value: Tensor) -> None:
        kept = min(key.shape[2], self.window)
        slots = torch.arange(start + key.shape[2] - kept, start + key.shape[2], device=key.device) % self.window
        cache.keys[:, :, slots] = key[:, :, -kept:]
        cache.values[:, :, slots] = value[:, :, -kept:]
