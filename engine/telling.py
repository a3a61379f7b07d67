"""What a take's lead sheet tells the model, frame by frame."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.controls import Controls
from engine.model.calm import Model
from engine.take import Take


class Telling:
    """Bends Z to the sheet of a take; without a sheet, or with a model that reads none, Z stays as it is."""

    def __init__(self, model: Model, take: Take):
        sheet, rate = take.request.sheet, model.config.vae.frame_rate
        self._follow, self._told = model.calm.follow, None
        if sheet is not None and self._follow is not None:
            middles = take.cut / take.rate + (np.arange(take.request.seconds * rate + 1) + 0.5) / rate
            self._told = torch.from_numpy(sheet.features(middles)).to(model.device)

    def __call__(self, z: Tensor, frame: int, controls: Controls) -> Tensor:
        """Z (B, 1, width) of a frame, counted from the cut, as firmly bent as the controls say."""
        if self._told is None or controls.follow == controls.harmony == 0:
            return z
        last = len(self._told) - 1  # frames after it are not heard: they push the last one out of decoder and resampler
        return self._follow(z, self._told[min(frame, last)], controls.follow, controls.harmony)
