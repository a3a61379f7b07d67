"""How the lead sheet is followed: what it tells of a frame bends the Z that conditions that frame, and nothing else."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import SheetConfig
from engine.music.leadsheet import without_chords


class Follow(nn.Module):
    """Z' = Z + a C (gelu(A Z + B s) - gelu(A Z)) for what is told, s. Where nothing is told, s = 0, Z stays as it is.

    a = 1 in training; more is classifier-free guidance on Z (CALM, section 4.4): away from what would be written
    without the sheet, and at no cost, as the contexts never see it. So it may change at any frame too, and a model
    trained without a sheet learns to read one with everything else frozen.
    """

    def __init__(self, config: SheetConfig, width: int):
        super().__init__()
        self.listen = nn.Linear(width, config.width)  # A
        self.read = nn.Linear(config.features, config.width, bias=False)  # B
        self.bend = nn.Linear(config.width, width, bias=False)  # C
        nn.init.zeros_(self.bend.weight)

    def forward(self, z: Tensor, sheet: Tensor, strength: float | Tensor = 1.0, chords: float | None = None) -> Tensor:
        """Z (..., width) and the features of the frames that they condition (..., features) -> Z (..., width).

        ``strength`` is a. What the chords add to the rest of the sheet can have another, ``chords``: they bend Z less
        than the beat does, and bear more of it."""
        heard = self.listen(z)
        told = F.gelu(heard + self.read(sheet))
        bent = z + strength * self.bend(told - F.gelu(heard))
        if chords is None or chords == strength:
            return bent
        return bent + (chords - strength) * self.bend(told - F.gelu(heard + self.read(without_chords(sheet))))
