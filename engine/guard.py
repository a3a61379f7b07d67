"""The guard: hears when a take collapses while it is written, as every autoregressive model may.

It looks at the last seconds alone and at what was usual in the prompt, so it can be asked again and again. Told apart
are silence, a stuck loop or drone, noise, and clipping. Measured every half second: no alarm in 2893 looks at 30
rendered songs, on which the limits were chosen, nor in 20 takes of 20 s that `studio` wrote (temperature 0.8 and 1.2).
After 30 s of each song, found in 30 of 30: silence and hiss 50 dB below, loops of 40 and 100 ms, white and pink noise,
half of them within 4 s, and clipping by 12 or 20 dB, within 1 s; a loop of 250 ms in 29.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.audio import Audio
from engine.music.spectra import RATE, mono

Collapse = Literal["silence", "stuck", "noise", "clipping"]

LOOK_SECONDS = 4.0  # that are judged
QUIETEST = 1e-4  # rms that a prompt is taken to have, even where it ends in silence
BLOCK = 1024  # samples at RATE
SILENT = -45.0  # dB, of the loudest block, against the rms of the prompt; in the songs never below -9
SHORTEST, LONGEST = 0.02, 0.3  # seconds of a loop that is stuck: half a beat at most, at a tempo of 100
SMOOTH = 8  # samples at RATE: 1.2 kHz are 3 dB down
SAME = 0.98  # correlation of the sound with itself that long before
STEADY = 1.0  # dB between the quarters of what is stuck: a chord that is held is as much the same, but decays
FLAT = 0.6  # spectral flatness between LOW and HIGH: up to 0.56 in the songs, 0.62 for pink noise, 0.99 for white
LOW, HIGH = 150.0, 8000.0  # Hz
FULL_SCALE = 0.999
CLIPPED = 0.01  # of the samples, more than in the prompt


@dataclass(frozen=True)
class Usual:
    """What a prompt is like: its rms, and the share of its samples at full scale."""

    level: float
    clipped: float


def usual(prompt: np.ndarray) -> Usual:
    """Of a prompt (C, N), N > 0."""
    return Usual(max(QUIETEST, float(np.sqrt(np.mean(np.square(prompt))))), _clipped(prompt))


def collapsed(samples: np.ndarray, rate: int, before: Usual) -> Collapse | None:
    """How the last LOOK_SECONDS of `samples` (C, N) have collapsed; None for music, and for less sound than that."""
    length = round(LOOK_SECONDS * rate)
    if samples.shape[1] < length:
        return None
    look = samples[:, -length:]
    silent = SILENT + _decibels(before.level)
    if loudest(look) <= silent:
        return "silence"
    if loudest(look[:, -length // 4 :]) <= silent:
        return None  # a rest, or the beginning of silence; the last hiss before it would pass for noise
    sound = mono(Audio(look, rate))
    if _clipped(look) > before.clipped + CLIPPED:
        return "clipping"
    if flatness(sound) > FLAT:
        return "noise"
    return "stuck" if sameness(sound) > SAME and unsteadiness(sound) < STEADY else None


def flatness(sound: np.ndarray) -> float:
    """The spectral flatness of a mono sound at RATE, 0 for a tone and 1 for white noise: geometric over arithmetic mean
    of its mean power spectrum (Welch's) between LOW and HIGH."""
    blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK) * np.hanning(BLOCK)
    power = np.mean(np.abs(np.fft.rfft(blocks)) ** 2, axis=0)
    heard = power[round(LOW * BLOCK / RATE) : round(HIGH * BLOCK / RATE)] + 1e-12
    return float(np.exp(np.mean(np.log(heard))) / np.mean(heard))


def sameness(sound: np.ndarray) -> float:
    """The largest correlation, 1 at most, of a mono sound at RATE with itself SHORTEST to LONGEST seconds before. The
    highs are left out, in which a loop that is not whole samples long differs from itself."""
    longest = round(LONGEST * RATE)
    sound = np.convolve(sound, np.ones(SMOOTH) / SMOOTH, "valid")
    now, size = sound[longest:], 2 ** int(np.ceil(np.log2(2 * len(sound))))
    products = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(now, size)), size)[: longest + 1]
    energy = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64))])
    energies = (energy[len(now) :] - energy[: -len(now)])[: longest + 1]
    likeness = products / np.sqrt(np.maximum(energies * energies[-1], 1e-12))
    return float(likeness[: longest - round(SHORTEST * RATE) + 1].max())


def unsteadiness(sound: np.ndarray) -> float:
    """dB between the loudest and the softest quarter of a mono sound."""
    levels = [_decibels(np.sqrt(np.mean(np.square(quarter)))) for quarter in np.array_split(sound, 4)]
    return max(levels) - min(levels)


def loudest(samples: np.ndarray) -> float:
    """dB of the rms of the loudest block of samples (C, N)."""
    blocks = samples[:, : samples.shape[1] // BLOCK * BLOCK].reshape(len(samples), -1, BLOCK)
    return _decibels(np.sqrt(np.mean(np.square(blocks), axis=(0, 2))).max())


def _decibels(level: float) -> float:
    return float(20 * np.log10(max(level, 1e-9)))


def _clipped(samples: np.ndarray) -> float:
    return float(np.mean(np.abs(samples) >= FULL_SCALE))
