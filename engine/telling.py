"""What a brief tells the model, frame by frame."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.brief import Brief
from engine.controls import Controls
from engine.model.calm import Model
from engine.music.leadsheet import LeadSheet
from engine.take import Take
from engine.text.reading import check_text, embedding


class Telling:
    """Bends Z to the texts and lead sheets of takes of one cut. Without either, or with a model that reads no sheets, Z
    stays as it is. CalmError for a text that cannot be followed."""

    def __init__(self, model: Model, take: Take):
        rate = model.config.vae.frame_rate
        self._calm, self._device = model.calm, model.device
        check_text(model.config, take.request.text)
        self._middles = take.cut / take.rate + (np.arange(take.request.seconds * rate + 1) + 0.5) / rate
        self._read: dict[int, tuple[LeadSheet, Tensor]] = {}  # by id: a sheet is long, and there are few of them

    def __call__(self, z: Tensor, frame: int, controls: Controls, brief: Brief) -> Tensor:
        """Z (B, 1, width) of a frame, counted from the cut, as firmly bent as the controls say."""
        return self._following(self._described(z, controls, brief.text), frame, controls, brief.sheet)

    def _described(self, z: Tensor, controls: Controls, text: str) -> Tensor:
        if not text or controls.text_strength == 0:
            return z
        return self._calm.described(z, embedding(text).to(self._device), controls.text_strength)

    def _following(self, z: Tensor, frame: int, controls: Controls, sheet: LeadSheet | None) -> Tensor:
        follow = self._calm.follow
        if sheet is None or follow is None or controls.follow == controls.harmony == 0:
            return z
        told = self._features(sheet)
        last = len(told) - 1  # frames after it are not heard: they push the last one out of decoder and resampler
        return follow(z, told[min(frame, last)], controls.follow, controls.harmony)

    def _features(self, sheet: LeadSheet) -> Tensor:
        """Of all frames (T, features)."""
        if id(sheet) not in self._read:
            self._read[id(sheet)] = sheet, torch.from_numpy(sheet.features(self._middles)).to(self._device)
        return self._read[id(sheet)][1]
