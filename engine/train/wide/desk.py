"""Mixes a piece: its tracks, space, texture, dynamics and silence, then the master, the image and the wear."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.signal import butter, sosfilt

from engine.train.convolution import convolved
from engine.train.effects import dynamics
from engine.train.effects.space import plate_response
from engine.train.effects.stereo import IMAGES
from engine.train.effects.tone import curved
from engine.train.effects.wear import WEAR
from engine.train.mix import CEILING, TRACK_LEVEL, active_level, duck_gain, impulse_response
from engine.train.synths.textures import texture
from engine.train.wide.production import Piece
from engine.train.wide.tracks import track_sound

GATE_FADE = 0.005  # seconds
END_FADE = 0.5


def render_piece(piece: Piece, soundfont: Path, rate: int) -> np.ndarray:
    """The finished piece: float32 (2, samples) with peaks of at most CEILING, always the same."""
    rng = np.random.default_rng((piece.song.seed, 48000))
    dry, send = _tracks(piece, soundfont, rate)
    mixed = dry + _space(piece, rng, send, rate)
    if piece.production.texture:
        mixed = mixed + _texture(piece, rng, active_level(mixed, rate), mixed.shape[1], rate)
    mixed *= _swells(piece, rng, mixed.shape[1], rate)
    return _mastered(piece, rng, mixed, rate)


def _tracks(piece: Piece, soundfont: Path, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """All tracks at their levels (2, samples), and what of them is sent to the space (1, samples)."""
    song, samples = piece.song, round(piece.song.duration * rate)
    duck = duck_gain(song, samples, rate)
    dry, send = np.zeros((2, samples), np.float32), np.zeros((1, samples), np.float32)
    for track, instrument in enumerate(song.instruments):
        sound = track_sound(piece, track, soundfont, rate)
        sound = sound * np.float32(10 ** ((TRACK_LEVEL + instrument.gain) / 20) / max(active_level(sound, rate), 1e-4))
        if not instrument.drums:
            sound *= duck
        dry += sound
        send += sound.mean(axis=0, keepdims=True) * np.float32(instrument.reverb)
    return dry, send


def _space(piece: Piece, rng: np.random.Generator, send: np.ndarray, rate: int) -> np.ndarray:
    """A room, a plate, both at once, or nothing."""
    song, kind = piece.song, piece.production.space
    responses = []
    if kind in ("room", "both"):
        responses.append(impulse_response(rng, song.room, 60 / song.tempo, rate))
    if kind in ("plate", "both"):
        responses.append(plate_response(rng, rng.uniform(0.6, 3.5), rate))
    if not responses:
        return np.zeros((2, 1), np.float32)
    together = np.zeros((2, max(each.shape[1] for each in responses)), np.float32)
    for each in responses:
        together[:, : each.shape[1]] += each
    return convolved(send, together) * np.float32(rng.uniform(0.25, 1.2))


def _texture(piece: Piece, rng: np.random.Generator, level: float, samples: int, rate: int) -> np.ndarray:
    """As loud as the music, or louder, where it is what the piece is made of; else far behind."""
    sound = texture(piece.production.texture, rng, samples, rate)
    decibels = rng.uniform(-8, 6) if piece.production.material == "noise" else rng.uniform(-34, -20)
    return sound * np.float32(level * 10 ** (decibels / 20) / active_level(sound, rate))


def _swells(piece: Piece, rng: np.random.Generator, samples: int, rate: int) -> np.ndarray:
    """Gains (samples,) that go from section to section, and are zero in gated gaps."""
    song, production = piece.song, piece.production
    points = [section.start for section in song.sections] + [song.duration]
    decibels = -production.swells * rng.random(len(points))
    gains = 10 ** (np.interp(np.arange(0, samples, 64) / rate, points, decibels) / 20)
    gains = np.repeat(gains, 64)[:samples].astype(np.float32)
    for start, seconds in production.gaps if production.gated else ():
        _gate(gains, start, start + seconds, rate)
    return gains


def _gate(gains: np.ndarray, start: float, stop: float, rate: int) -> None:
    fade = np.linspace(1, 0, round(GATE_FADE * rate), dtype=np.float32)
    first, last = round(start * rate), round(stop * rate) - len(fade)
    gains[first : first + len(fade)] *= fade
    gains[first + len(fade) : last - len(fade)] = 0
    gains[last - len(fade) : last] *= fade[::-1]


def _mastered(piece: Piece, rng: np.random.Generator, audio: np.ndarray, rate: int) -> np.ndarray:
    production, tilt = piece.production, rng.uniform(-3, 3)
    audio = sosfilt(butter(2, 25, "high", fs=rate, output="sos"), audio).astype(np.float32)
    audio = curved(audio, np.array((100.0, 900, 8000)), np.array((-tilt, 0, tilt)), rate)
    if rng.random() < 0.4:
        audio = dynamics.compressed(audio, rng.uniform(-4, 3), rng.uniform(1.5, 4), 0.02, rng.uniform(0.1, 0.5), rate)
    if rng.random() < 0.2:
        audio = dynamics.saturated(audio, rng.uniform(-6, 6))
    for name in production.wear:
        audio = WEAR[name](audio, rng, rate)
    audio = IMAGES[production.image](audio, rng, rate)
    audio = audio * np.float32(10 ** (production.loudness / 20) / max(active_level(audio, rate), 1e-5))
    fade = round(END_FADE * rate)
    audio[:, -fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return _held(piece, audio, rng.uniform(0.03, 0.3), rate)


def _held(piece: Piece, audio: np.ndarray, release: float, rate: int) -> np.ndarray:
    """Below the ceiling: by the limiter, but by the gain alone where the flat tops of clipping are to stay."""
    if "clipped" in piece.production.wear:
        return audio * np.float32(min(1.0, CEILING / max(np.abs(audio).max(), 1e-6)))
    return dynamics.limited(audio, CEILING, release, rate)
