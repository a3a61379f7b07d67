"""How the lead sheet is followed: what it tells of a frame bends the Z that conditions that frame, and nothing else."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from engine.model.bend import Bend
from engine.music.leadsheet import without_form, without_harmony


class Follow(Bend):
    """What is told is the features of a lead sheet, so many for each frame (`engine.music.leadsheet`)."""

    def forward(
        self,
        z: Tensor,
        sheet: Tensor,
        strength: float | Tensor = 1.0,
        harmony: float | None = None,
        form: float | None = None,
    ) -> Tensor:
        """Z (..., width) and the features of the frames that they condition (..., features) -> Z (..., width).

        ``strength`` is a. What the chords add to the rest of the sheet, or where none are told the key, can have
        another, ``harmony``, and so can sections, ``form``: they bend Z less than the beat does, and bear more."""
        heard = self.listen(z)
        told = F.gelu(heard + self.read(sheet))
        bent = z + strength * self.bend(told - F.gelu(heard))
        for firmness, without in ((harmony, without_harmony), (form, without_form)):
            if firmness not in (None, strength):
                bent = bent + (firmness - strength) * self.bend(told - F.gelu(heard + self.read(without(sheet))))
        return bent
