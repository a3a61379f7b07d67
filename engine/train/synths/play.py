"""Plays notes on a synth: the same sound comes again wherever the same note does."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from engine.train.compose import Note
from engine.train.synths.families import ALL_FAMILIES, Synth, drum_patch

SOFT, HARD = 0.45, 0.9  # the two forces that a pitch is made with
LOUD = 84  # velocity from which a note is a hard one
LONGEST = 16.0  # seconds of a note
KNOWN = 64  # strokes and tones that are kept at once: notes come back soon, if they do


@dataclass(frozen=True)
class Hand:
    """How a note begins and ends, in seconds."""

    attack: float
    release: float


def hand(rng: np.random.Generator, role: str) -> Hand:
    """Pads swell and fade, everything else is struck and let go."""
    if role == "pad":
        return Hand(rng.uniform(0.03, 0.4), rng.uniform(0.1, 0.8))
    return Hand(float(np.exp(rng.uniform(np.log(0.003), np.log(0.04)))), rng.uniform(0.03, 0.25))


def play(notes: list[Note], family: str, role: str, seed: int, cents: float, samples: int, rate: int) -> np.ndarray:
    """The notes of one track on the patch that a seed draws from a family: float32 (1, samples), dry, in the middle."""
    rng = np.random.default_rng(seed)
    if role == "drums":
        return _placed(notes, _Kit(drum_patch(family, rng), rate), samples, rate)
    chosen = ALL_FAMILIES[family]
    bank = _Bank(chosen.draw(rng), hand(rng, role), chosen.takes, cents, rate)
    bank.learn(notes)
    return _placed(notes, bank, samples, rate)


def _placed(notes: list[Note], instrument: _Bank | _Kit, samples: int, rate: int) -> np.ndarray:
    out = np.zeros((1, samples), np.float32)
    for number, note in enumerate(notes):
        at = round(note.start * rate)
        if at < samples:
            sound = instrument.sound(note, number)[: samples - at]
            out[0, at : at + len(sound)] += sound
    return out


def _gain(velocity: int) -> np.float32:
    return np.float32((velocity / 100) ** 1.6)


def _force(velocity: int) -> float:
    return HARD if velocity >= LOUD else SOFT


@dataclass
class _Kit:
    machine: object
    rate: int

    def __post_init__(self):
        self._stroke = lru_cache(KNOWN)(lambda key, force: self.machine.stroke(key, force, self.rate))

    def sound(self, note: Note, _number: int) -> np.ndarray:
        return self._stroke(note.pitch, _force(note.velocity)) * _gain(note.velocity)


Key = tuple[int, float, int]
"""Pitch, force and take."""


@dataclass
class _Bank:
    """Every sound that a track needs, as long as its longest note, made when it is first played."""

    synth: Synth
    hand: Hand
    takes: int
    cents: float
    rate: int
    longest: dict[Key, float] = field(default_factory=dict)

    def __post_init__(self):
        self._tone = lru_cache(KNOWN)(self._make)

    def learn(self, notes: list[Note]) -> None:
        for number, note in enumerate(notes):
            key = self._key(note, number)
            self.longest[key] = min(max(self.longest.get(key, 0.0), note.duration), LONGEST)

    def sound(self, note: Note, number: int) -> np.ndarray:
        held = round(min(note.duration, LONGEST) * self.rate)
        release = round(self.hand.release * self.rate)
        sound = self._tone(self._key(note, number))[: held + release] * _gain(note.velocity)
        attack = min(round(self.hand.attack * self.rate), len(sound))
        sound[:attack] *= np.linspace(0, 1, attack, dtype=np.float32)
        fading = sound[held:]
        fading *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, len(fading), dtype=np.float32))
        return sound

    def _key(self, note: Note, number: int) -> Key:
        return note.pitch, _force(note.velocity), number % self.takes

    def _make(self, key: Key) -> np.ndarray:
        pitch, force, take = key
        hertz = 440 * 2 ** ((pitch - 69 + self.cents / 100) / 12)
        samples = round((self.longest[key] + self.hand.release) * self.rate)
        return self.synth.tone(hertz, samples, force - 0.01 * take, self.rate)
