"""Phase distortion, and drums made with it: the sound source that only the corpus "unseen" has.

A cosine is read at an uneven pace, so that it becomes a saw by and by (Casio 1984).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.train.compose.general_midi import PERCUSSION

LOW_DRUMS = {PERCUSSION[name]: hertz for name, hertz in (("kick", 48), ("tom low", 75), ("tom mid", 100),
             ("tom high", 140), ("conga low", 180), ("conga", 240), ("bongo", 310))}  # fmt: skip


@dataclass(frozen=True)
class PhaseDistortion:
    """The kink in the phase moves from `bent` (0..0.5, as 0.5 is a cosine) back to `rest` in `decay` seconds; `ring`
    is the share multiplied by a second one, `ratio` times as high."""

    bent: float
    rest: float
    decay: float
    ring: float
    ratio: int

    def tone(self, hertz: float, samples: int, force: float, rate: int) -> np.ndarray:
        seconds = np.arange(samples, dtype=np.float32) / np.float32(rate)
        kink = self.rest + (self.bent - self.rest) * force * np.exp(-seconds / np.float32(self.decay))
        # Above 2 kHz a sharp kink would fold back.
        kink = np.clip(kink, min(0.5, 0.02 + hertz / 8000), 0.5).astype(np.float32)
        wave = _read(hertz, kink, rate)
        ringing = wave * _read(hertz * self.ratio, kink, rate)
        return 0.28 * ((1 - self.ring) * wave + self.ring * ringing).astype(np.float32)

    def stroke(self, key: int, force: float, rate: int) -> np.ndarray:
        """A drum by its General MIDI key: low ones fall in pitch, the others are rings of odd partials."""
        low = LOW_DRUMS.get(key)
        seconds = np.arange(round((0.4 if low else 0.15) * rate)) / rate
        hertz = low * (1 + 3 * np.exp(-seconds / 0.02)) if low else np.full(len(seconds), 900.0 + 97 * (key % 31))
        kink = np.float32(0.5 - 0.45 * force) * np.exp(-seconds / 0.05).astype(np.float32) + np.float32(0.05)
        wave = _read(hertz, np.clip(kink, 0.05, 0.5), rate)
        if not low:
            wave = wave * _read(hertz * 5.19, kink.clip(0.3, 0.5), rate)
        fade = np.exp(-seconds * 6.9 / seconds[-1]) * np.minimum(1, (seconds[-1] - seconds) / 0.01)
        return (wave * fade * np.minimum(1, seconds / 0.001)).astype(np.float32)


def _read(hertz: float | np.ndarray, kink: np.ndarray, rate: int) -> np.ndarray:
    turns = np.cumsum(np.broadcast_to(hertz / rate, kink.shape))
    turns = (turns - np.floor(turns)).astype(np.float32)
    return -np.cos(2 * np.pi * np.where(turns < kink, 0.5 * turns / kink, 0.5 + 0.5 * (turns - kink) / (1 - kink)))


def phase_distortion(rng: np.random.Generator) -> PhaseDistortion:
    """A patch, from hollow to sharp."""
    return PhaseDistortion(
        rng.uniform(0.03, 0.2), rng.uniform(0.2, 0.5), float(np.exp(rng.uniform(np.log(0.1), np.log(3)))),
        float(rng.choice((0.0, 0.3, 0.7))), int(rng.integers(2, 6)),
    )  # fmt: skip
