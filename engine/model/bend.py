"""Bending: what is told of a frame moves the Z that conditions that frame, and nothing else."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import BendConfig


class Bend(nn.Module):
    """Z' = Z + a C (gelu(A Z + B s) - gelu(A Z)) for what is told, s. Where nothing is told, s = 0, Z stays as it is.

    a = 1 in training; more is classifier-free guidance on Z (CALM, section 4.4): away from what would be written
    without being told, and at no cost, as the contexts never see it. So it may change at any frame too, and a model
    trained without can learn it with everything else frozen.
    """

    def __init__(self, config: BendConfig, width: int):
        super().__init__()
        self.listen = nn.Linear(width, config.width)  # A
        self.read = nn.Linear(config.features, config.width, bias=False)  # B
        self.bend = nn.Linear(config.width, width, bias=False)  # C
        nn.init.zeros_(self.bend.weight)

    def forward(self, z: Tensor, told: Tensor, strength: float | Tensor = 1.0) -> Tensor:
        """Z (..., width) and what is told of the frames that they condition (..., features) -> Z (..., width).

        ``strength`` is a."""
        return z + strength * self.shift(z, told)

    def shift(self, z: Tensor, told: Tensor) -> Tensor:
        """What ``told`` adds to Z, a = 1."""
        heard = self.listen(z)
        return self.bend(F.gelu(heard + self.read(told)) - F.gelu(heard))


def as_long(bent: Tensor, z: Tensor) -> Tensor:
    """``bent`` (..., width), made as long as ``z``: strong guidance leads out of what the head has seen of Z (as Lin et
    al., WACV 2024, section 3.4, found of images). With texts of strength 3, what is drawn is 12.5 long and not 8."""
    return bent * (z.norm(dim=-1, keepdim=True) / bent.norm(dim=-1, keepdim=True))
