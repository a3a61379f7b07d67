"""How a take goes on: its loudness and spectrum beside the prompt's, ten seconds after ten seconds, and how much its
level moves from moment to moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.loudness import ABSOLUTE_GATE, Power, integrated
from engine.train.listen import band_levels

SECONDS = 10.0
MOMENT = 0.5  # seconds
SILENCE = 1e-6  # mean square, -60 dB


@dataclass(frozen=True)
class Stretch:
    """``loudness``: LU over the prompt's (BS.1770-5); ``spectrum``: mean absolute difference of the band levels to the
    prompt's, in dB."""

    loudness: float
    spectrum: float


def stretches(prompt: np.ndarray, audio: np.ndarray, rate: int) -> list[Stretch]:
    """Of each ten seconds of (2, N) audio, or what comes nearest to them in equal parts."""
    level, bands = _loudness(prompt, rate), band_levels(prompt, rate).mean(axis=0)
    parts = np.array_split(audio, max(1, round(audio.shape[1] / rate / SECONDS)), axis=1)
    return [
        Stretch(_loudness(part, rate) - level, float(np.abs(band_levels(part, rate).mean(axis=0) - bands).mean()))
        for part in parts
    ]


def dynamics(audio: np.ndarray, rate: int) -> float:
    """The standard deviation, in dB, of the levels of half seconds of (2, N) audio, silence as at -60 dB."""
    size = round(MOMENT * rate)
    moments = audio[:, : audio.shape[1] // size * size].reshape(2, -1, size)
    levels = 10 * np.log10(np.square(moments, dtype=np.float64).mean((0, 2)) + SILENCE)
    return float(levels.std())


def _loudness(audio: np.ndarray, rate: int) -> float:
    """LUFS; silence counts as the gate below which nothing is heard."""
    power = Power(rate, 2)
    power.add(audio)
    return max(integrated(power.steps), ABSOLUTE_GATE)
