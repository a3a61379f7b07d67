"""The stereo image of a mix, as mixes have it and as they should not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.train.effects.motion import CONTROL, delayed


def _as_mixed(audio: np.ndarray, _rng: np.random.Generator, _rate: int) -> np.ndarray:
    return audio


def _mono(audio: np.ndarray, _rng: np.random.Generator, _rate: int) -> np.ndarray:
    return np.repeat(audio.mean(axis=0, keepdims=True), 2, axis=0)


def _of_width(audio: np.ndarray, width: float) -> np.ndarray:
    middle, side = audio.mean(axis=0), (audio[0] - audio[1]) * np.float32(width / 2)
    return np.stack([middle + side, middle - side])


def _narrow(audio: np.ndarray, rng: np.random.Generator, _rate: int) -> np.ndarray:
    return _of_width(audio, rng.uniform(0.1, 0.5))


def _wide(audio: np.ndarray, rng: np.random.Generator, rate: int) -> np.ndarray:
    """Sides lifted, and some of a late middle put among them, so that there are sides at all."""
    late = round(rng.uniform(0.004, 0.018) * rate)
    side = np.zeros_like(audio[0])
    side[late:] = audio.mean(axis=0)[:-late] * np.float32(rng.uniform(0.3, 0.6))
    return _of_width(audio, rng.uniform(1.4, 2.2)) + np.stack([side, -side])


def _out_of_phase(audio: np.ndarray, rng: np.random.Generator, _rate: int) -> np.ndarray:
    """The right side upside down, wholly or but for a quieter middle."""
    turned = np.stack([audio[0], -audio[1]])
    return turned if rng.random() < 0.5 else turned + np.float32(0.4) * audio


def _late_side(audio: np.ndarray, rng: np.random.Generator, rate: int) -> np.ndarray:
    """One side comes some milliseconds after the other (Haas)."""
    side = int(rng.integers(2))
    seconds = np.full(round(audio.shape[1] / rate * CONTROL) + 2, rng.uniform(0.0003, 0.02))
    moved = audio.copy()
    moved[side] = delayed(audio[side : side + 1], seconds, rate)[0]
    return moved


def _lopsided(audio: np.ndarray, rng: np.random.Generator, _rate: int) -> np.ndarray:
    """One side up to silent."""
    gains = np.array([[1.0], [rng.choice((0.0, 0.25, 0.6))]], np.float32)
    return audio * (gains if rng.random() < 0.5 else gains[::-1])


IMAGES: dict[str, Callable[[np.ndarray, np.random.Generator, int], np.ndarray]] = {
    "as mixed": _as_mixed, "mono": _mono, "narrow": _narrow, "wide": _wide, "out of phase": _out_of_phase,
    "late side": _late_side, "lopsided": _lopsided,
}  # fmt: skip
