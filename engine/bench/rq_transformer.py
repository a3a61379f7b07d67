"""The baseline that CALM is measured against: an RQ-Transformer's head, which writes a frame codebook by codebook.

Lee et al., "Autoregressive Image Generation using Residual Quantization" (2022), in the form of Moshi's depth
transformer (Défossez et al., 2024, section 3.4): one Transformer over the codebooks of a frame, with weights of its
own for each codebook. CALM compares itself with one of 32 codebooks on its own backbone (arXiv 2509.06926, table 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.model.transformer import CausalTransformer

HEAD_DIM = 64


@dataclass(frozen=True)
class RQConfig:
    """``cards`` entries in each of ``codebooks`` codebooks; a depth transformer of ``width``."""

    width: int
    layers: int = 6
    codebooks: int = 32
    cards: int = 2048

    @property
    def heads(self) -> int:
        return self.width // HEAD_DIM


def beside(backbone_width: int) -> RQConfig:
    """The head for a backbone: two thirds as wide, in whole heads of 64, which makes 1024 of the paper's 1536."""
    return RQConfig(HEAD_DIM * max(1, round(backbone_width * 2 / 3 / HEAD_DIM)))


class RQHead(nn.Module):
    """Z (B, condition) -> the codes (B, codebooks) of one frame, drawn from the softmax of each codebook in turn.

    Speed is all it is for: it is never trained. What is small beside a codebook's Transformer (norms, rotary angles)
    is as in this repository's own layers.
    """

    def __init__(self, config: RQConfig, condition: int):
        super().__init__()
        width, cards, codebooks = config.width, config.cards, range(config.codebooks)
        windows = [config.codebooks] * config.layers
        self.heard = nn.ModuleList(nn.Embedding(cards, condition) for _ in codebooks)
        self.conditions = nn.ModuleList(nn.Linear(condition, width, bias=False) for _ in codebooks)
        self.before = nn.ModuleList(nn.Embedding(cards, width) for _ in codebooks[1:])
        self.stacks = nn.ModuleList(CausalTransformer(width, config.heads, windows) for _ in codebooks)
        self.outs = nn.ModuleList(nn.Linear(width, cards, bias=False) for _ in codebooks)

    def embed(self, codes: Tensor) -> Tensor:
        """What the backbone hears of a frame: codes (B, codebooks) -> the sum of their embeddings (B, 1, condition)."""
        return sum(table(codes[:, index]) for index, table in enumerate(self.heard)).unsqueeze(1)

    def forward(self, z: Tensor) -> Tensor:
        state = self.stacks[0].initial_state(len(z))  # all stacks go on in it: each codebook sees those before it
        codes: list[Tensor] = []
        for index, stack in enumerate(self.stacks):
            x = self.conditions[index](z)
            if codes:
                x = x + self.before[index - 1](codes[-1])
            logits = self.outs[index](stack(x.unsqueeze(1), state)[:, 0])
            codes.append(torch.multinomial(logits.float().softmax(-1), 1)[:, 0])
        return torch.stack(codes, dim=1)
