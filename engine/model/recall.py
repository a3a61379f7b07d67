"""Recall: what was written at the same place of the bar 1, 2, 4 and 8 bars ago bends the Z of the frame to come.

Music comes back bar by bar; a small model that has heard it for hours, not years, does not learn from sound alone where
to look. The lead sheet's beat says where.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.model.bend import Bend
from engine.music.bars_ago import NEAR


class Recall(Bend):
    """What is told is what `recalled` finds."""


def recalled(past: Tensor, frames: Tensor, ago: Tensor) -> Tensor:
    """What was written some *frames* ``ago`` (B, T, BARS, FIELDS; `engine.music.bars_ago`) of the ``frames`` (T,) to
    come, which are counted as in ``past`` (B, S, dim), normalised latents -> (B, T, `recall_features`). All that is
    told of a place is 0 where it is unknown, or longer ago than ``past``."""
    place = frames[:, None] - ago[..., 0]
    nearest = place.round()
    known = (nearest + NEAR[0] >= 0) & (nearest + NEAR[-1] < frames[:, None])  # not so where place is NaN
    near = torch.tensor(NEAR, device=past.device)
    index = torch.where(known.unsqueeze(-1), nearest.unsqueeze(-1) + near + 1, 0.0).long()  # 0: the frame of zeros
    there = F.pad(past, (0, 0, 1, 0)).gather(1, index.flatten(1).unsqueeze(-1).expand(-1, -1, past.shape[-1]))
    others = torch.stack([torch.ones_like(place), place - nearest, ago[..., 1], ago[..., 2]], dim=-1)
    others = torch.where(known.unsqueeze(-1), others, 0.0)
    return torch.cat([others, there.view(*known.shape, -1)], dim=-1).flatten(2)
