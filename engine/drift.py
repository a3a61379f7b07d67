"""The guard's ear for drift: whether a take still keeps the tempo and the key that it was to keep.

What was to be kept is told by the caller; that the prompt itself keeps it is measured, so that what was misheard there,
or is ambiguous, is not held against the take. One look is never enough: music leaves its key for a chord.

The limits are from 60 rendered songs, in which nothing drifts, and 120 with another spliced in. In 28 songs not used
for that, with the first 10 s for a prompt, looks agreed on a false tempo drift in one song (14 of 700 looks), and on a
false key drift in one of 25 (5 of 625). A song in another tempo spliced in was found in 27 of 28, 6 s later in the
median; one whose key is two or more fifths away in 19 of 25, 9 s later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.audio import Audio
from engine.guard import Collapse
from engine.music.chroma import chroma
from engine.music.key import Key
from engine.music.onsets import rises, strength
from engine.music.peaks import hear_peaks
from engine.music.spectra import mono
from engine.music.tempo import TEMPI, autocorrelation, hear_tempo, pulse

Drift = Literal["tempo drift", "key drift"]
Fault = Literal[Collapse, Drift]

LOOK_SECONDS = 8.0
AS_FAST = (1 / 2, 1.0, 2.0)  # times the tempo: the same music, counted otherwise
RELATED = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1.0, 4 / 3, 3 / 2, 2.0, 3.0, 4.0)  # what a tempo is taken for at times
NEAR, SAME = 0.025, 0.04  # of a tempo
MAJOR = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1])
SCALES = np.stack([np.roll(MAJOR, tonic) for tonic in range(12)])
WEAK = 0.6  # of the strongest pulse, that at the right tempo
OUTSIDE = 0.12  # of the sound more in the tones of another major scale than of the right one, against the prompt
FAR = 2  # fifths between two scales: in the next one six of seven tones are the same, and songs go there for a while


@dataclass(frozen=True)
class Course:
    """What is to be kept: beats a minute and the tonic of the major scale with the same tones, each None if that is not
    known or if the prompt itself does not keep it; `outside` is as much as the prompt has outside of that scale."""

    tempo: float | None
    scale: int | None
    outside: float


@dataclass(frozen=True)
class Look:
    """What is wrong in one look."""

    tempo: bool
    key: bool


def course(prompt: np.ndarray, rate: int, tempo: float | None, key: Key | None) -> Course:
    """Of a prompt (C, N), of which the last LOOK_SECONDS are listened to."""
    sound = _end(prompt, rate)
    kept = tempo is not None and not _off(sound, tempo)
    scale = None if key is None else (key.tonic + 3 * (key.mode == "minor")) % 12
    return Course(tempo if kept else None, scale, 0.0 if scale is None else _outside(sound, scale))


def look(samples: np.ndarray, rate: int, kept: Course) -> Look:
    """How the last LOOK_SECONDS of `samples` (C, N) go off `kept`; not at all where there is less. Takes 30 ms."""
    if samples.shape[1] < round(LOOK_SECONDS * rate):
        return Look(False, False)
    sound = _end(samples, rate)
    return Look(
        tempo=kept.tempo is not None and _off(sound, kept.tempo),
        key=kept.scale is not None and _outside(sound, kept.scale) - kept.outside > OUTSIDE,
    )


def drifted(before: Look, now: Look) -> Drift | None:
    """What two looks in a row agree on."""
    if before.tempo and now.tempo:
        return "tempo drift"
    return "key drift" if before.key and now.key else None


def _end(samples: np.ndarray, rate: int) -> np.ndarray:
    return mono(Audio(samples[:, -round(LOOK_SECONDS * rate) :], rate))


def _off(sound: np.ndarray, tempo: float) -> bool:
    """Whether another tempo is heard, and the pulse at the right one is weak beside it."""
    regions = rises(sound)
    heard, _ = hear_tempo(regions)
    if heard is None or any(abs(heard / (tempo * times) - 1) < SAME for times in RELATED):
        return False
    pulses = pulse(autocorrelation(strength(regions)))
    near = np.any([np.abs(TEMPI / (tempo * times) - 1) < NEAR for times in AS_FAST], axis=0)
    return bool(near.any() and pulses[near].max() < WEAK * pulses.max())


def _outside(sound: np.ndarray, scale: int) -> float:
    """How much more of the sound is in the tones of the best scale FAR from `scale` than in those of it; 0 if less."""
    heard = chroma(hear_peaks(sound)).sum(axis=0)
    tones = np.sqrt(heard[:12] + heard[12:])
    if not tones.any():
        return 0.0
    shares = SCALES @ tones / tones.sum()
    return float(max(0.0, max(shares[other] for other in range(12) if _fifths(other - scale) >= FAR) - shares[scale]))


def _fifths(semitones: int) -> int:
    """How far apart two scales are on the circle, 0 to 6."""
    steps = 7 * semitones % 12
    return min(steps, 12 - steps)
