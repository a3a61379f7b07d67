"""One track of a piece: its sources, how its player bends them, and its effects."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.train.compose import Note
from engine.train.effects import dynamics, motion, space, tone
from engine.train.sound_font import render_track
from engine.train.synths.play import play
from engine.train.wide.production import FONT, Part, Piece

WIDENING = ("chorus", "echoes")  # effects that need both sides; the others take half the time on one


def track_sound(piece: Piece, track: int, soundfont: Path, rate: int) -> np.ndarray:
    """Float32 (2, samples) of one track, at its pan, with its effects, at no level in particular."""
    part = piece.production.parts[track]
    sound = _source(piece, track, part.source, 0.0, soundfont, rate)
    if part.layer:
        layer = _source(piece, track, part.layer, part.layer_cents, soundfont, rate)
        sound = sound + layer * np.float32(0.7 * _level(sound) / max(_level(layer), 1e-6))
    rng = np.random.default_rng((part.seed, 1))
    notes = [note for note in piece.song.notes if note.track == track]
    sound = _bent(sound, rng, part, notes, rate)
    for name in part.effects:
        if name in WIDENING:
            sound = _panned(sound, piece.song.instruments[track].pan)
        sound = _effect(name, sound, rng, 60 / piece.song.tempo, rate)
    return _panned(sound, piece.song.instruments[track].pan)


def _panned(sound: np.ndarray, pan: float) -> np.ndarray:
    """(2, samples) with equal power at every pan; what has two sides already stays."""
    angle = (pan + 1) * np.pi / 4
    return sound * np.array([[np.cos(angle)], [np.sin(angle)]], np.float32) if len(sound) == 1 else sound


def _source(piece: Piece, track: int, source: str, cents: float, soundfont: Path, rate: int) -> np.ndarray:
    """(2, samples) at its pan from the sound font, or (1, samples) from a synth."""
    song, cents = piece.song, piece.production.cents + cents
    instrument = song.instruments[track]
    if source == FONT:
        # Side by side in memory as everything else: effects take up to ten times as long on samples that alternate.
        return np.ascontiguousarray(render_track(song, track, soundfont, rate, cents))
    notes = [note for note in song.notes if note.track == track]
    seed, role = piece.production.parts[track].seed, instrument.roles[0]
    return play(notes, source, role, seed, cents, round(song.duration * rate), rate)


def _bent(sound: np.ndarray, rng: np.random.Generator, part: Part, notes: list[Note], rate: int) -> np.ndarray:
    """With vibrato and slides into notes, if its player makes any."""
    points = round(sound.shape[1] / rate * motion.CONTROL) + 2
    delay = np.zeros(points)
    if part.vibrato and notes:
        delay += motion.vibrato(notes, part.vibrato, rng.uniform(4.5, 6.5), points)
    if part.bends:
        delay += motion.bends(rng, notes, rng.uniform(0.5, 2), part.bends, points)
    return motion.delayed(sound, delay, rate) if delay.any() else sound


def _effect(name: str, sound: np.ndarray, rng: np.random.Generator, beat: float, rate: int) -> np.ndarray:
    match name:
        case "tone":
            return tone.equalised(sound, rng, rate)
        case "compression":
            ratio, attack = rng.uniform(2, 8), rng.uniform(0.002, 0.03)
            return dynamics.compressed(sound, rng.uniform(-6, 3), ratio, attack, rng.uniform(0.05, 0.4), rate)
        case "saturation":
            return dynamics.saturated(sound, rng.uniform(0, 18), rng.choice((0.0, 0.15)))
        case "chorus":
            return motion.chorus(sound, rng, rate)
        case "echoes":
            late = beat * rng.choice((0.25, 0.5, 0.75, 1.0))
            return sound + space.echoes(sound, late, rng.uniform(0.25, 0.6), 3, rate)
    raise ValueError(name)


def _level(sound: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))
