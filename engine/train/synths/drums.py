"""A drum machine: skins, snares, claps, metal, wood and shakers, by their General MIDI keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from engine.train.compose.general_midi import PERCUSSION

LONGEST = 2.5  # seconds of a stroke


@dataclass(frozen=True)
class Stroke:
    """What one stroke is made from: its random generator, its force 0..1, the kit's pitch and length factors, rate."""

    rng: np.random.Generator
    force: float
    pitch: float
    length: float
    rate: int

    def falling(self, seconds: float) -> np.ndarray:
        """An envelope that has fallen by 60 dB after so many seconds, and is over then."""
        seconds = min(seconds * self.length, LONGEST)
        count = round(seconds * self.rate)
        fade = np.minimum(1, np.arange(count, 0, -1) / (0.1 * count))
        return (np.exp(np.linspace(0, -6.9, count)) * fade).astype(np.float32)

    def noise(self, samples: int, low: float, high: float = 20_000.0) -> np.ndarray:
        """White noise between two frequencies."""
        band = butter(2, (low, high), "band", fs=self.rate, output="sos")
        return sosfilt(band, self.rng.standard_normal(samples)).astype(np.float32)


def _skin(hertz: float, drop: float, seconds: float) -> Callable[[Stroke], np.ndarray]:
    """A drum that begins `drop` times as high and falls to its pitch, with a click."""

    def stroke(how: Stroke) -> np.ndarray:
        envelope = how.falling(seconds)
        time = np.arange(len(envelope)) / how.rate
        bend = 1 + (drop - 1) * (0.5 + how.force) * np.exp(-time / 0.03)
        body = np.sin(2 * np.pi * np.cumsum(hertz * how.pitch * bend) / how.rate).astype(np.float32) * envelope
        click = how.noise(len(envelope), 1500, 9000) * np.exp(-time / 0.002).astype(np.float32)
        return np.tanh((1 + how.force) * body) + 0.6 * np.float32(how.force) * click

    return stroke


def _snare(how: Stroke) -> np.ndarray:
    envelope = how.falling(0.35)
    time = np.arange(len(envelope)) / how.rate
    skin = sum(np.sin(2 * np.pi * hertz * how.pitch * time) for hertz in (185, 330)) * np.exp(-time / 0.04)
    wires = (0.3 + 0.4 * how.force) * how.noise(len(time), 1200)
    return (0.5 * skin.astype(np.float32) + wires) * envelope


def _clap(how: Stroke) -> np.ndarray:
    """Several hands, a few milliseconds apart."""
    envelope, out = how.falling(0.25), np.zeros(round((LONGEST + 0.1) * how.rate), np.float32)
    for late in (0, *np.cumsum(how.rng.uniform(0.007, 0.014, 3))):
        at = round(late * how.rate)
        out[at : at + len(envelope)] += how.noise(len(envelope), 700, 6000) * envelope
    return 0.6 * out[: at + len(envelope)]


def _metal(seconds: float, low: float) -> Callable[[Stroke], np.ndarray]:
    """Six squares out of tune with each other, and noise, without their low end."""

    def stroke(how: Stroke) -> np.ndarray:
        envelope = how.falling(seconds * (0.6 + 0.4 * how.force))
        time = np.arange(len(envelope)) / how.rate
        ring = sum(np.sign(np.sin(2 * np.pi * hertz * how.pitch * time)) for hertz in (263, 400, 421, 474, 587, 845))
        mixed = 0.25 * ring + how.rng.standard_normal(len(time))
        high = sosfilt(butter(3, low, "high", fs=how.rate, output="sos"), mixed).astype(np.float32)
        return 0.4 * high * envelope

    return stroke


def _wood(hertz: tuple[float, ...], seconds: float) -> Callable[[Stroke], np.ndarray]:
    """Something small and hard that rings at a few frequencies."""

    def stroke(how: Stroke) -> np.ndarray:
        envelope = how.falling(seconds)
        time = np.arange(len(envelope)) / how.rate
        ring = sum(np.sin(2 * np.pi * each * how.pitch * time) for each in hertz).astype(np.float32)
        return (0.6 * ring / len(hertz) + 0.15 * how.noise(len(time), 2000) * np.exp(-time / 0.003)) * envelope

    return stroke


def _shaken(how: Stroke) -> np.ndarray:
    envelope = how.falling(0.12)
    rise = np.minimum(1, np.arange(len(envelope)) / (0.015 * how.rate)).astype(np.float32)
    return 0.5 * how.noise(len(envelope), 4500, 16_000) * envelope * rise


STROKES: dict[str, Callable[[Stroke], np.ndarray]] = {
    "kick": _skin(50, 4, 0.5), "rim": _wood((820, 1720), 0.06), "snare": _snare, "clap": _clap,
    "hat": _metal(0.09, 7000), "tom low": _skin(82, 1.6, 0.6), "pedal": _metal(0.06, 6000),
    "open": _metal(0.6, 7000), "tom mid": _skin(115, 1.6, 0.5), "crash": _metal(2.2, 3500),
    "tom high": _skin(155, 1.6, 0.4), "ride": _metal(1.4, 5000), "tambourine": _metal(0.2, 8000),
    "cowbell": _wood((540, 800), 0.25), "bongo": _skin(330, 1.2, 0.18), "conga": _skin(260, 1.2, 0.25),
    "conga low": _skin(190, 1.2, 0.3), "timbale": _wood((310, 740, 1150), 0.3), "cabasa": _shaken,
    "maracas": _shaken, "claves": _wood((2500,), 0.07), "triangle": _wood((4100, 6300, 8900), 1.5),
}  # fmt: skip
_NAMES = {key: name for name, key in PERCUSSION.items()}


@dataclass(frozen=True)
class DrumMachine:
    """A kit whose drums are `pitch` times as high and `length` times as long as the usual ones."""

    seed: int
    pitch: float
    length: float

    def stroke(self, key: int, force: float, rate: int) -> np.ndarray:
        """One stroke, float32 (N,), of a General MIDI percussion key; keys without a drum of their own are rims."""
        rng = np.random.default_rng((self.seed, key, round(100 * force)))
        return STROKES[_NAMES.get(key, "rim")](Stroke(rng, force, self.pitch, self.length, rate)).astype(np.float32)


def drum_machine(rng: np.random.Generator) -> DrumMachine:
    """A kit, from dark and long to tight and high."""
    return DrumMachine(int(rng.integers(2**31)), rng.uniform(0.75, 1.35), rng.uniform(0.6, 1.4))
