"""Which notes sound in each latent frame: a linear reading of latents, taught from the scores of rendered songs.

As an extra target of stage 2 (`engine.train.train_vae --semantics`) it makes the encoder write pitches and onsets where
a linear map finds them; on latents that are done it measures how far they do (`engine.train.probe_latents`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import VAEConfig
from engine.train.audio_crops import Place
from engine.train.compose.song import DRUM_CHANNEL

LOWEST, KEYS = 21, 88  # the keys of a piano, as MIDI pitches from A0 upwards
ONSETS = ("pitched", "drums")  # what begins in a frame
TARGETS = KEYS + len(ONSETS)


class Piano(nn.Linear):
    """Latents (..., dim) -> logits (..., TARGETS): which keys sound, whether a pitched note begins, whether a drum is
    struck."""

    def __init__(self, dim: int):
        super().__init__(dim, TARGETS)

    def loss(self, latents: Tensor, targets: Tensor) -> Tensor:
        """Binary cross-entropy in nats: mean over the keys plus mean over the onsets."""
        each = F.binary_cross_entropy_with_logits(self(latents).float(), targets, reduction="none")
        keys, onsets = each.split((KEYS, len(ONSETS)), dim=-1)
        return keys.mean() + onsets.mean()


def note_targets(notes: np.ndarray, drums: np.ndarray, frames: int, config: VAEConfig) -> np.ndarray:
    """Notes (n, 3) of start and duration in seconds and pitch, and which of them are drums (n,) -> (frames, TARGETS)
    of 0 and 1, float32. A note that began before the first frame sounds on in it, and has no onset.

    The encoder hears late: its windows end with their hops, and so are centred half an overlap before.
    """
    targets = np.zeros((frames, TARGETS), np.float32)
    late = (config.fft_size - config.hop) / 2 / config.frame_size
    first = np.floor(notes[:, 0] * config.frame_rate + late).astype(int)
    stop = np.floor((notes[:, 0] + notes[:, 1]) * config.frame_rate + late).astype(int).clip(first + 1)
    keys = notes[:, 2].astype(int) - LOWEST
    for begin, end, key, drum in zip(first, stop, keys, drums, strict=True):
        if not drum and 0 <= key < KEYS:
            targets[max(0, begin) : max(0, end), key] = 1
        if 0 <= begin < frames:
            targets[begin, KEYS + ONSETS.index("drums" if drum else "pitched")] = 1
    return targets


def song_targets(song: Path, frames: int, config: VAEConfig) -> np.ndarray:
    """The targets (frames, TARGETS) of a rendered song, from the score beside it."""
    return note_targets(*_score(song), frames, config)


def crop_targets(places: Iterable[Place], frames: int, config: VAEConfig) -> Tensor:
    """The targets (B, frames, TARGETS) of crops that begin anywhere in their songs."""
    rows = []
    for song, start in places:
        notes, drums = _score(song)
        moved = notes - (start / config.sample_rate, 0, 0)
        near = (moved[:, 0] < frames / config.frame_rate) & (moved[:, 0] + moved[:, 1] > -1)
        rows.append(note_targets(moved[near], drums[near], frames, config))
    return torch.from_numpy(np.stack(rows))


@cache
def _score(song: Path) -> tuple[np.ndarray, np.ndarray]:
    """Start, duration and pitch of all notes (n, 3), and which are drums (n,)."""
    labels = json.loads(song.with_suffix(".json").read_text())
    tracks = {track for track, each in enumerate(labels["instruments"]) if each["channel"] == DRUM_CHANNEL}
    notes = np.array([note[1:4] for note in labels["notes"]], float).reshape(-1, 3)
    return notes, np.array([note[0] in tracks for note in labels["notes"]], bool)
