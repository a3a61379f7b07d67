"""What a lead sheet tells the model, frame by frame."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.controls import Controls
from engine.model.calm import Model
from engine.music.leadsheet import LeadSheet
from engine.take import Take


class Telling:
    """Bends Z to the lead sheets of takes of one cut; without a sheet, or with a model that reads none, Z stays as it
    is."""

    def __init__(self, model: Model, take: Take):
        rate = model.config.vae.frame_rate
        self._follow, self._device = model.calm.follow, model.device
        self._middles = take.cut / take.rate + (np.arange(take.request.seconds * rate + 1) + 0.5) / rate
        self._read: dict[int, tuple[LeadSheet, Tensor]] = {}  # by id: a sheet is long, and there are few of them

    def __call__(self, z: Tensor, frame: int, controls: Controls, sheet: LeadSheet | None) -> Tensor:
        """Z (B, 1, width) of a frame, counted from the cut, as firmly bent as the controls say."""
        if sheet is None or self._follow is None or controls.follow == controls.harmony == 0:
            return z
        told = self._features(sheet)
        last = len(told) - 1  # frames after it are not heard: they push the last one out of decoder and resampler
        return self._follow(z, told[min(frame, last)], controls.follow, controls.harmony)

    def _features(self, sheet: LeadSheet) -> Tensor:
        """Of all frames (T, features)."""
        if id(sheet) not in self._read:
            self._read[id(sheet)] = sheet, torch.from_numpy(sheet.features(self._middles)).to(self._device)
        return self._read[id(sheet)][1]
