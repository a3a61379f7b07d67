"""Random stretches of encoded songs and of their lead sheets, for training CALM."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from engine.errors import CalmError
from engine.music.bars_ago import bars_ago
from engine.train.labels import as_heard, forget, forget_bars, sheet_of

FRAME_RATE = 25


class Lesson(NamedTuple):
    """Stretches of songs: latents (B, S, dim), the features of their lead sheets (B, S, FEATURES), and how many frames
    ago BARS bars ago are, beside what the sheets tell of that (B, S, BARS, FIELDS); all float32."""

    latents: Tensor
    sheet: Tensor
    ago: Tensor

    def to(self, device: torch.device) -> Lesson:
        return Lesson(*(part.to(device) for part in self))


class LatentCrops:
    """Batches from a folder of .npy files (T, dim) and .json labels, all held in memory (13 MB an hour)."""

    def __init__(self, folder: Path, frames: int, seed: int, forgetful: bool = True):
        self.frames, self.random, self.forgetful = frames, np.random.default_rng(seed), forgetful
        files = sorted(folder.glob("*.npy"))
        songs = ((np.load(file, allow_pickle=False), file) for file in files)
        kept = [(song, file) for song, file in songs if len(song) >= frames]
        if not kept:
            raise CalmError(
                f"No latents of {frames} frames or more in {folder}",
                "Encode some first: python -m engine.train.encode --help",
            )
        self.songs = [song for song, _ in kept]
        self.sheets = [sheet_of(json.loads(file.with_suffix(".json").read_text())) for _, file in kept]
        self.weights = np.array([len(song) for song in self.songs], dtype=float)
        self.weights /= self.weights.sum()

    def batch(self, size: int) -> Lesson:
        """A lesson of ``size`` stretches; parts of their sheets are left out if ``forgetful``."""
        picks = self.random.choice(len(self.songs), size, p=self.weights)
        parts = zip(*map(self._crop, picks), strict=True)
        return Lesson(*(torch.from_numpy(np.stack(part).astype(np.float32)) for part in parts))

    def _crop(self, pick: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        song = self.songs[pick]
        start = self.random.integers(len(song) - self.frames + 1)
        middles = (np.arange(start, start + self.frames) + 0.5) / FRAME_RATE
        sheet = as_heard(self.sheets[pick], self.random)
        told, ago = sheet.features(middles), bars_ago(sheet, middles)
        ago[..., 0] *= FRAME_RATE
        if self.forgetful:
            told = forget(told, self.random)
            ago = forget_bars(ago, told, self.random)
        return song[start : start + self.frames], told, ago

    def statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per dimension (dim,) over everything."""
        everything = np.concatenate(self.songs).astype(np.float32)
        return torch.from_numpy(everything.mean(0)), torch.from_numpy(everything.std(0).clip(1e-3))
