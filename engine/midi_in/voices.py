"""Sounds that need no sound font: every one is a mono float32 (N,) at so many hertz."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WAVES = {  # how loud partial k is
    "saw": lambda k: 1 / k,
    "square": lambda k: (k % 2) / k,
    "soft": lambda k: 1 / k**2.5,
    "organ": lambda k: np.isin(k, (1, 2, 3, 4, 8)) / np.sqrt(k),
}
HIGHEST_PARTIAL = 12


@dataclass(frozen=True)
class Voice:
    """How notes sound: a wave of WAVES, seconds of attack, decay per second, and cents by which all is out of tune."""

    wave: str
    attack: float
    decay: float
    cents: float = 0.0


def note(voice: Voice, pitch: int, seconds: float, rate: int) -> np.ndarray:
    """A note of a MIDI pitch that lasts so long, its attack and its end faded."""
    t = _time(seconds, rate)
    frequency = 440 * 2 ** ((pitch - 69 + voice.cents / 100) / 12)
    k = np.arange(1, HIGHEST_PARTIAL + 1)
    k = k[k * frequency < rate / 2]
    partials = WAVES[voice.wave](k) @ np.sin(2 * np.pi * frequency * k[:, None] * t)
    fade = np.minimum(1, np.minimum(t / voice.attack, (seconds - t) / 0.02))
    return (0.25 * partials * fade * np.exp(-voice.decay * t)).astype(np.float32)


def click(pitch: float, rate: int) -> np.ndarray:
    """A metronome's click of so many hertz."""
    t = _time(0.03, rate)
    return (np.sin(2 * np.pi * pitch * t) * np.exp(-150 * t)).astype(np.float32)


def kick(depth: float, rate: int) -> np.ndarray:
    """A drum that falls to `depth` hertz."""
    t = _time(0.25, rate)
    return (np.sin(2 * np.pi * (depth * t - 4 * np.exp(-40 * t))) * np.exp(-14 * t)).astype(np.float32)


def snare(draw: np.random.Generator, tone: float, rate: int) -> np.ndarray:
    """Noise with a tone of so many hertz under it."""
    t = _time(0.18, rate)
    noise = draw.standard_normal(len(t)) * np.exp(-22 * t)
    return (0.35 * noise + 0.4 * np.sin(2 * np.pi * tone * t) * np.exp(-30 * t)).astype(np.float32)


def hat(draw: np.random.Generator, decay: float, rate: int) -> np.ndarray:
    """Noise without its low end, that decays so fast."""
    t = _time(0.12, rate)
    return (0.2 * np.diff(draw.standard_normal(len(t) + 1)) * np.exp(-decay * t)).astype(np.float32)


def _time(seconds: float, rate: int) -> np.ndarray:
    return np.arange(round(seconds * rate)) / rate
