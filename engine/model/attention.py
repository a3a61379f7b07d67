"""Causal self-attention over a sliding window: one parallel pass in training, a ring buffer when streaming.

A layer's ring is a tensor (2, B, heads, slots, head_dim), keys before values, written in place: position p lies in slot
p % slots. It has SPARE slots more than the window, so what the last SPARE positions see is still there: a state goes
back that far by counting its position down, and nothing is copied.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SPARE = 64  # frames: 2.6 s, more than is ever written ahead of what is heard


def rotary_rates(head_dim: int, device: torch.device | None = None) -> Tensor:
    """(head_dim / 2,) radians per position: base 10000 (Su et al., 2021)."""
    return 10_000.0 ** (-torch.arange(0, head_dim, 2, device=device, dtype=torch.float32) / head_dim)


def rotary(positions: Tensor, head_dim: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine (S, head_dim / 2) of the rotary angles of positions (S,)."""
    angles = positions.float().unsqueeze(1) * rotary_rates(head_dim, positions.device)
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

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], start: int, ring: Tensor | None) -> Tensor:
        """x (B, S, width) at positions start .. start + S - 1, ``turn`` their rotary cosine and sine -> (B, S, width).

        With a ring, earlier positions are read from it and these are written to it; without one, start must be 0.
        """
        batch, length, width = x.shape
        query, key, value = self.qkv(x).view(batch, length, 3, self.heads, self.head_dim).permute(2, 0, 3, 1, 4)
        query, key = rotate(query, *turn), rotate(key, *turn)
        if ring is None:
            y = self._attend(query, key, value, 0)
        elif length == 1:
            self._write(ring, start, key, value)
            y = F.scaled_dot_product_attention(query, *self._seen(ring, start))
        else:
            past = torch.arange(max(0, start - self.window + 1), start, device=x.device)
            keys, values = ring[..., past % ring.shape[3], :]
            y = self._attend(query, torch.cat([keys, key], dim=2), torch.cat([values, value], dim=2), len(past))
            self._write(ring, start, key, value)
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

    def _seen(self, ring: Tensor, position: int) -> Tensor:
        """(2, B, heads, n, head_dim): what ``position`` sees, in an order that does not depend on the ring's size, as
        the last bits of a sum depend on the order: p comes p % window-th. Read in place until the window is full."""
        if position < self.window:
            return ring[..., : position + 1, :]
        order = torch.arange(self.window, device=ring.device)
        return ring.index_select(3, (position - (position - order) % self.window) % ring.shape[3])

    def _write(self, ring: Tensor, start: int, key: Tensor, value: Tensor) -> None:
        stop, slots = start + key.shape[2], ring.shape[3]
        written = torch.arange(max(start, stop - slots), stop, device=key.device)
        ring[..., written % slots, :] = torch.stack([key, value])[..., written - start, :]
