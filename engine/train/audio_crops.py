"""Random pieces of rendered songs, varied in level and stereo image, for training the VAE."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import torch
from torch import Tensor

from engine.errors import CalmError


class Place(NamedTuple):
    """Where a crop was cut: the song's file, and its first sample there."""

    song: Path
    start: int


class AudioCrops:
    """Batches (B, 2, samples) float32 from a folder of stereo WAV files; new files join as they appear."""

    def __init__(self, folder: Path, samples: int, seed: int):
        self.folder, self.samples = folder, samples
        self.random = np.random.default_rng(seed)
        self.refresh()

    def refresh(self) -> None:
        """List the folder again."""
        self.files = sorted(self.folder.glob("*.wav"))
        if not self.files:
            raise CalmError(f"No WAV files in {self.folder}", "Render some first: python -m engine.train.render --help")

    def batch(self, size: int) -> Tensor:
        return self.placed_batch(size)[0]

    def placed_batch(self, size: int) -> tuple[Tensor, list[Place]]:
        """A batch, and where each of its crops comes from."""
        crops = [self._crop() for _ in range(size)]
        return torch.from_numpy(np.stack([self._vary(audio) for audio, _ in crops])), [place for _, place in crops]

    def _crop(self) -> tuple[np.ndarray, Place]:
        path = self.files[self.random.integers(len(self.files))]
        with soundfile.SoundFile(path) as file:
            start = int(self.random.integers(max(1, file.frames - self.samples)))
            file.seek(start)
            return file.read(self.samples, dtype="float32", always_2d=True).T, Place(path, start)

    def _vary(self, audio: np.ndarray) -> np.ndarray:
        """Level -18..+6 dB (clipped as a converter would), channels swapped, width from mono to wide."""
        kind, gain = self.random.random(), 10 ** (self.random.uniform(-18, 6) / 20)
        mid, side = audio.mean(0), (audio[0] - audio[1]) / 2
        width = 0.0 if kind < 0.1 else self.random.uniform(0.3, 1.7) * self.random.choice([-1, 1])
        varied = np.stack([mid + width * side, mid - width * side]) * gain
        padded = np.pad(varied, ((0, 0), (0, self.samples - varied.shape[1])))
        return padded.clip(-1, 1).astype(np.float32)
