"""A judge of texts: style and instruments of 4 s of music, told from its latents by a small network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.music.leadsheet import FAMILIES, STYLES
from engine.train.labels import sheet_of

FRAMES = 100
EPOCHS, BATCH = 40, 256


@dataclass(frozen=True)
class Verdict:
    """Of some clips: how often the wanted style is the judge's first guess and among its first three; and how often,
    of two clips, it hears an instrument more in the one that shall have it (area under the ROC curve, mean over the
    families of General MIDI)."""

    style: float
    style_of_three: float
    instruments: float


class Judge(nn.Module):
    """Clips of FRAMES latents (B, FRAMES, dim) -> scores of STYLES, then of FAMILIES (B, n)."""

    def __init__(self, mean: Tensor, std: Tensor):
        super().__init__()
        self.mean, self.std = mean, std
        self.layers = nn.Sequential(
            nn.Linear(len(mean), 256), nn.GELU(), nn.Dropout(0.5), nn.Linear(256, len(STYLES) + FAMILIES)
        )

    def forward(self, features: Tensor) -> Tensor:
        return self.layers((features - self.mean) / self.std)


def features_of(clips: Tensor) -> Tensor:
    """Latents (B, FRAMES, dim) -> (B, 3 dim): their means, spreads, and the spread of their steps."""
    return torch.cat([clips.mean(1), clips.std(1), clips.diff(dim=1).std(1)], dim=-1)


def tags_of(labels: dict) -> tuple[int, Tensor]:
    """The number of the song's style, and a 1 for each of its families (FAMILIES,)."""
    sheet, families = sheet_of(labels), torch.zeros(FAMILIES)
    families[list(sheet.families)] = 1
    return STYLES.index(sheet.style), families


def clips_of(folder: Path) -> tuple[Tensor, Tensor, Tensor]:
    """All stretches of encoded songs as features (N, 3 dim), with styles (N,) and families (N, FAMILIES)."""
    features, styles, families = [], [], []
    for file in sorted(folder.glob("*.npy")):
        song = torch.from_numpy(np.load(file, allow_pickle=False).astype(np.float32))
        style, family = tags_of(json.loads(file.with_suffix(".json").read_text()))
        clips = song[: len(song) // FRAMES * FRAMES].view(-1, FRAMES, song.shape[1])
        features.append(features_of(clips))
        styles += [style] * len(clips)
        families += [family] * len(clips)
    return torch.cat(features), torch.tensor(styles), torch.stack(families)


def train_judge(latents: Path) -> Judge:
    """The same for the same songs."""
    features, styles, families = clips_of(latents)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        judge = Judge(features.mean(0), features.std(0) + 1e-3)
        optimizer = torch.optim.AdamW(judge.parameters(), 2e-3, weight_decay=0.05)
        for _ in range(EPOCHS):
            for picks in torch.randperm(len(features)).split(BATCH):
                scores = judge(features[picks])
                loss = F.cross_entropy(scores[:, : len(STYLES)], styles[picks])
                loss = loss + F.binary_cross_entropy_with_logits(scores[:, len(STYLES) :], families[picks])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return judge.eval().requires_grad_(False)


def verdict(judge: Judge, features: Tensor, styles: Tensor, families: Tensor) -> Verdict:
    """What the judge says of clips that shall have these styles (N,) and families (N, FAMILIES)."""
    guesses, heard = judge(features).split([len(STYLES), FAMILIES], dim=-1)
    best = guesses.topk(3).indices == styles.unsqueeze(1)
    areas = [
        _area(heard[:, each], families[:, each] > 0) for each in range(FAMILIES) if 0 < families[:, each].mean() < 1
    ]
    return Verdict(best[:, 0].float().mean().item(), best.any(1).float().mean().item(), float(np.mean(areas)))


def _area(scores: Tensor, wanted: Tensor) -> float:
    return (scores[wanted].unsqueeze(1) > scores[~wanted]).float().mean().item()
