"""Plates and echoes, beside the rooms of `engine.train.mix`."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, sosfilt


def plate_response(rng: np.random.Generator, seconds: float, rate: int) -> np.ndarray:
    """A plate (2, taps) of unit energy a side: dense at once, bright, its highs first to arrive and first to go."""
    time = np.arange(round(1.1 * seconds * rate), dtype=np.float32) / np.float32(rate)
    white = rng.standard_normal((2, len(time)), dtype=np.float32)
    edge = rng.uniform(1500, 4000)
    low = sosfilt(butter(1, edge, fs=rate, output="sos"), white).astype(np.float32)
    bass = sosfilt(butter(1, rng.uniform(200, 500), fs=rate, output="sos"), low).astype(np.float32)
    # Bending waves in steel travel faster the higher they are: lows rise within some 20 ms (Bilbao 2007).
    rise = 1 - np.exp(-time / np.float32(rng.uniform(0.005, 0.02)))
    fall, sooner = np.float32(-6.9 / seconds), np.float32(-6.9 / seconds * rng.uniform(1.3, 2.5))
    response = (low - bass) * rise * np.exp(fall * time) + (white - low) * np.exp(sooner * time)
    return response / np.sqrt(np.square(response).sum(axis=1, keepdims=True))


def echoes(audio: np.ndarray, seconds: float, feedback: float, repeats: int, rate: int) -> np.ndarray:
    """Repeats (2, N) of a sound's dull middle, each quieter and on the other side; not the sound itself."""
    middle = audio.mean(axis=0) * np.float32(1.4)
    dull = sosfilt(butter(1, 3500, fs=rate, output="sos"), middle).astype(np.float32)
    out, late = np.zeros((2, audio.shape[1]), np.float32), round(seconds * rate)
    for number in range(1, repeats + 1):
        out[number % 2, number * late :] += dull[: max(0, len(dull) - number * late)] * np.float32(feedback**number)
    return out
