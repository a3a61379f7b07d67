"""Random stretches of encoded songs, for training CALM."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.errors import CalmError


class LatentCrops:
    """Batches (B, frames, dim) float32 from a folder of .npy files (T, dim), all held in memory (13 MB an hour)."""

    def __init__(self, folder: Path, frames: int, seed: int):
        self.frames, self.random = frames, np.random.default_rng(seed)
        loaded = (np.load(file, allow_pickle=False) for file in sorted(folder.glob("*.npy")))
        self.songs = [song for song in loaded if len(song) >= frames]
        if not self.songs:
            raise CalmError(
                f"No latents of {frames} frames or more in {folder}",
                "Encode some first: python -m engine.train.encode --help",
            )
        self.weights = np.array([len(song) for song in self.songs], dtype=float)
        self.weights /= self.weights.sum()

    def batch(self, size: int) -> Tensor:
        picks = self.random.choice(len(self.songs), size, p=self.weights)
        return torch.from_numpy(np.stack([self._crop(self.songs[pick]) for pick in picks]).astype(np.float32))

    def _crop(self, song: np.ndarray) -> np.ndarray:
        start = self.random.integers(len(song) - self.frames + 1)
        return song[start : start + self.frames]

    def statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation per dimension (dim,) over everything."""
        everything = np.concatenate(self.songs).astype(np.float32)
        return torch.from_numpy(everything.mean(0)), torch.from_numpy(everything.std(0).clip(1e-3))
