"""How likely each key of a clip and each chord at every moment is, as a small convolutional network hears them.

After F. Korzeniowski and G. Widmer, Genre-agnostic key classification with convolutional neural networks (ISMIR 2018):
convolutions over nearby pitches and moments, and a mean over the clip for its key. Here octaves become channels, and
the twelve pitch classes a circle, so that what was learned on one tonic holds on all of them; and the chords are asked
for too, of which a song has more than of keys. `engine.train.train_harmony` trained it on songs whose truth is known.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import relu

from engine.music.leadsheet import SCALES
from engine.music.peaks import FRAMES_PER_SECOND, Peaks
from engine.music.qualities import QUALITIES

PATH = Path(__file__).with_suffix(".safetensors")
LOWEST, OCTAVES = 24, 6  # the C at 33 Hz, and up to the B at 1976 Hz
PITCHES = 12 * OCTAVES
GROUP = 4  # frames of the peaks in a moment, 0.19 s
MOMENTS_PER_SECOND = FRAMES_PER_SECOND / GROUP
NEAR, CHANNELS, HIDDEN = 25, 16, 32  # semitones that a first filter sees, an octave to both sides; what layers are wide
DILATIONS = (1, 3)  # of the layers that look on in time, five moments each: 3 s in all
SOFT = 50.0  # times the mean of a clip that half the range of heard levels lies below


class Harmony(nn.Module):
    """Heights of tones (B, PITCHES, T) -> scores of the keys (B, 12, SCALES), by tonic and scale, and of the chords
    (B, T, 12, QUALITIES), by root and kind."""

    def __init__(self, dropped: float = 0.0):
        super().__init__()
        self.near = nn.Conv2d(1, CHANNELS, (NEAR, 3), padding="same")
        self.nearer = nn.Conv2d(CHANNELS, CHANNELS, 3, padding="same")
        self.fold = nn.Conv2d(OCTAVES * CHANNELS, HIDDEN, 1)
        around = [_around(HIDDEN, HIDDEN) for _ in range(2)]
        onward = [nn.Conv2d(HIDDEN, HIDDEN, (1, 5), padding="same", dilation=(1, step)) for step in DILATIONS]
        self.layers = nn.ModuleList(around + onward)
        self.norms = nn.ModuleList(nn.GroupNorm(1, HIDDEN) for _ in self.layers)
        self.chords = _around(HIDDEN, len(QUALITIES))
        self.keys = nn.Sequential(
            nn.Dropout(dropped), _around(HIDDEN, HIDDEN), nn.ReLU(), nn.Dropout(dropped), _around(HIDDEN, len(SCALES))
        )
        self.for_keys = _around(HIDDEN + len(QUALITIES), HIDDEN)
        self.drop = nn.Dropout2d(dropped / 2)

    def forward(self, heights: Tensor) -> tuple[Tensor, Tensor]:
        y = relu(self.nearer(relu(self.near(_levels(heights)[:, None]))))
        y = relu(self.fold(self.drop(y.unflatten(2, (OCTAVES, 12)).flatten(1, 2))))
        for norm, layer in zip(self.norms, self.layers, strict=True):
            y = y + relu(layer(norm(y)))
        chords = self.chords(y)
        likely = chords.flatten(1, 2).softmax(1).view_as(chords)
        often = relu(self.for_keys(torch.cat([y, likely], dim=1))).mean(3, keepdim=True)
        return self.keys(often)[..., 0].transpose(1, 2), chords.permute(0, 3, 2, 1)


def _around(before: int, after: int) -> nn.Conv2d:
    """A layer that sees all twelve pitch classes from each of them."""
    return nn.Conv2d(before, after, (12, 1), padding="same", padding_mode="circular")


def _levels(heights: Tensor) -> Tensor:
    """Heights (B, PITCHES, T) as they are heard: by their logarithm, beside what sounds in the clip on the mean."""
    mean = heights.sum(1).mean(1).clamp(min=1e-6)
    return torch.log1p(SOFT * heights / mean[:, None, None])


def heights(peaks: Peaks) -> np.ndarray:
    """(moments, PITCHES) float32 mean heights of the tones on each key, from the C at 33 Hz up."""
    key = peaks.key - LOWEST
    inside = (key >= 0) & (key < PITCHES)
    place = PITCHES * peaks.frame[inside] + key[inside]
    sums = np.bincount(place, weights=peaks.height[inside], minlength=PITCHES * peaks.frames).reshape(-1, PITCHES)
    starts = np.arange(0, peaks.frames, GROUP)
    lengths = np.diff(starts, append=peaks.frames)
    return (np.add.reduceat(sums, starts) / lengths[:, None]).astype(np.float32)


@torch.inference_mode()
def hear_harmony(peaks: Peaks) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of probabilities: of the keys (12, SCALES), and of the chords (moments, 12 * QUALITIES)."""
    keys, chords = trained()(torch.from_numpy(heights(peaks).T[None].copy()))
    return keys[0].flatten().log_softmax(0).view_as(keys[0]).numpy(), chords[0].flatten(1).log_softmax(1).numpy()


@cache
def trained() -> Harmony:
    return read(PATH)


def read(path: Path) -> Harmony:
    """The network whose weights a file of engine.train.train_harmony holds."""
    net = Harmony()
    net.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    return net.eval().requires_grad_(False)
