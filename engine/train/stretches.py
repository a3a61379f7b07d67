"""How far a take drifts from its prompt as time goes by: loudness and spectrum, ten seconds after ten seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.loudness import ABSOLUTE_GATE, Power, integrated
from engine.train.listen import band_levels

SECONDS = 10.0


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


def _loudness(audio: np.ndarray, rate: int) -> float:
    """LUFS; silence counts as the gate below which nothing is heard."""
    power = Power(rate, 2)
    power.add(audio)
    return max(integrated(power.steps), ABSOLUTE_GATE)
