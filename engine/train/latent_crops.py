"""Random stretches of encoded songs and of their lead sheets, for training CALM."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import CalmError
from engine.train.labels import as_heard, forget, sheet_of

FRAME_RATE = 25


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

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Latents (size, frames, dim) and the features of their lead sheets (size, frames, FEATURES), parts of them
        left out if ``forgetful``; both float32."""
        picks = self.random.choice(len(self.songs), size, p=self.weights)
        crops, sheets = zip(*map(self._crop, picks), strict=True)
        return torch.from_numpy(np.stack(crops).astype(np.float32)), torch.from_numpy(np.stack(sheets))

    def _crop(self, pick: int) -> tuple[np.ndarray, np.ndarray]:
        song = self.songs[pick]
        start = self.random.integers(len(song) - self.frames + 1)
        middles = (np.arange(start, start + self.frames) + 0.5) / FRAME_RATE
        told = as_heard(self.sheets[pick], self.random).features(middles)
        return song[start : start + self.frames], forget(told, self.random) if self.forgetful else told

    def statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per dimension (dim,) over everything."""
        everything = np.concatenate(self.songs).astype(np.float32)
        return torch.from_numpy(everything.mean(0)), torch.from_numpy(everything.std(0).clip(1e-3))
