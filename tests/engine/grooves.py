"""Small pieces of music whose tempo, timbre and level are known exactly."""

import numpy as np

from engine.music.leadsheet import Grid


def groove(
    seconds: float, rate: int, tempo: float = 120.0, pitch: float = 220.0, level: float = 0.3, hat: float = 0.15
) -> np.ndarray:
    """Float32 (2, N): a kick on every beat, a hat of noise between, and a struck tone of `pitch` Hz every two beats."""
    t = np.arange(round(seconds * rate)) / rate
    beat = t * tempo / 60
    noise = np.random.default_rng(0).standard_normal((2, len(t)))
    kick = np.exp(-18 * (beat % 1)) * np.sin(2 * np.pi * 60 * (t % (60 / tempo)))
    hats = hat * noise * np.exp(-40 * ((beat + 0.5) % 1))
    tone = 0.4 * np.exp(-3 * (beat % 2)) * (np.sin(2 * np.pi * pitch * t) + 0.5 * np.sin(6 * np.pi * pitch * t))
    return (level * (kick + hats + tone)).astype(np.float32)


def grid(tempo: float = 120.0, downbeat: float = 0.0, beats_per_bar: int = 4) -> Grid:
    return Grid(tempo, downbeat, beats_per_bar)
