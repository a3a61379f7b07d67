"""What benchmarks continue: the same everywhere, and no file is needed."""

from __future__ import annotations

import numpy as np

from engine.audio import Audio
from engine.controls import Controls
from engine.request import Prompt, Request

SECONDS = 5.0


def noise_bursts(rate: int, seconds: float = SECONDS) -> Prompt:
    """Two decaying bursts of noise a second, stereo, 0.2 of full scale."""
    samples = np.random.default_rng(0).standard_normal((2, round(seconds * rate))).astype(np.float32)
    envelope = 0.2 * np.exp(-10 * (np.arange(samples.shape[1]) / rate % 0.5)).astype(np.float32)
    return Prompt(Audio(samples * envelope, rate), "noise bursts", 0, samples.shape[1])


def request(rate: int, seconds: float, controls: Controls, seed: int = 0) -> Request:
    """A continuation of the noise bursts by so many ``seconds``."""
    return Request(noise_bursts(rate), seconds, seed, controls)
