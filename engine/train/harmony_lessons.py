"""What `engine.train.train_harmony` learns from: the tones of songs and clips, and what their keys and chords are."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

from engine.audio import Audio
from engine.errors import CalmError
from engine.generate import reconstruct
from engine.model.calm import Model
from engine.music.harmony import GROUP, MOMENTS_PER_SECOND, heights
from engine.music.leadsheet import SCALES
from engine.music.peaks import FRAMES_PER_SECOND, hear_peaks
from engine.music.qualities import QUALITIES
from engine.music.spectra import mono
from engine.train.compose.harmony import TONICS
from engine.train.excerpts import Excerpt
from engine.train.plain_music import GROOVES, plain_clip

UNKNOWN = -1
THROUGH = 4  # of so many songs one is heard through the VAE too: that is slow, 17x real time
PLAIN_CLIPS, PLAIN_LENGTHS = 60 * len(GROOVES), (5.0, 10.0)
SIMPLER = {  # the composer's qualities among those that are told apart
    "m6": "m", "9": "7", "7b9": "7", "maj9": "maj7", "m9": "m7", "7sus4": "sus4", "dim7": "dim",
}  # fmt: skip


class Song(NamedTuple):
    """Heights of tones (moments, PITCHES) float16; the number of each moment's chord, root * QUALITIES + kind, or
    UNKNOWN; and of the key, tonic * SCALES + scale."""

    heights: np.ndarray
    chords: np.ndarray
    key: int


def songs_of(folders: list[Path], kept: Path, model: Model | None = None) -> list[Song]:
    """Those of folders of engine.train.render, some of them also as the VAE of a ``model`` gives them back, and clips
    of engine.train.plain_music; what was heard is ``kept``."""
    known = sorted(path for folder in folders for path in folder.glob("*.json"))
    if not known:
        raise CalmError("There are no songs in these folders", "Render some: python -m engine.train.render --help")
    kept.mkdir(parents=True, exist_ok=True)
    wanted = [(path, None) for path in known] + [(path, model) for path in known[::THROUGH] if model]
    songs, began = [], time.monotonic()
    for done, (path, through) in enumerate(wanted, 1):
        songs.append(_heard(kept, path, through))
        if done % 50 == 0 or done == len(wanted):
            left = (time.monotonic() - began) / done * (len(wanted) - done)
            print(f"heard {done} of {len(wanted)} songs, ETA {left / 60:.1f} min", file=sys.stderr, flush=True)
    return songs + list(_clips())


def _heard(kept: Path, path: Path, through: Model | None) -> Song:
    name = f"{path.parent.name} {path.stem}" + (f" through {through.info['sha256'][:8]}" if through else "")
    file = kept / f"{name}.npz"
    if file.exists():
        with np.load(file) as known:
            return Song(known["heights"], known["chords"], int(known["key"]))
    samples, rate = soundfile.read(path.with_suffix(".wav"), dtype="float32", always_2d=True)
    audio = Audio(samples.T, rate)
    if through:
        audio = Audio(reconstruct(through, audio), rate)
    song = song_of(Excerpt(audio, 0.0, len(samples) / rate, json.loads(path.read_text("utf-8"))))
    np.savez(file, **song._asdict())
    return song


def _clips() -> Iterator[Song]:
    for seed in range(PLAIN_CLIPS):
        clip = plain_clip(seed, PLAIN_LENGTHS[seed // len(GROOVES) % 2])
        if clip.song["tonic"] is not None:
            yield song_of(clip)


def song_of(excerpt: Excerpt) -> Song:
    """What is to be learned of an excerpt that has a key."""
    found = heights(hear_peaks(mono(excerpt.audio))).astype(np.float16)
    middle = (GROUP - 1) / 2 / FRAMES_PER_SECOND
    moments = np.arange(len(found)) / MOMENTS_PER_SECOND + middle + excerpt.start
    chords = np.full(len(found), UNKNOWN)
    for chord in excerpt.song["chords"]:
        inside = (moments >= chord["start"]) & (moments < chord["start"] + chord["duration"])
        chords[inside] = chord["root"] * len(QUALITIES) + _kind(chord)
    scale = list(SCALES).index(excerpt.song["mode"])
    return Song(found, chords, excerpt.song["tonic"] * len(SCALES) + scale)


def _kind(chord: dict) -> int:
    written = chord["symbol"].split("/")[0].removeprefix(TONICS[chord["root"]])
    return list(QUALITIES).index(SIMPLER.get(written, written))


class Batch(NamedTuple):
    """Heights (B, PITCHES, T) float32, chords (B, T) and keys (B,) as in `Song`."""

    heights: np.ndarray
    chords: np.ndarray
    keys: np.ndarray


def draw_batch(songs: list[Song], seconds: float, size: int, random: np.random.Generator) -> Batch:
    """So many stretches, each of another song that is long enough, and moved by up to half an octave."""
    moments = round(seconds * MOMENTS_PER_SECOND)
    long_enough = [song for song in songs if len(song.heights) >= moments]
    chosen = random.choice(len(long_enough), size, replace=len(long_enough) < size)
    parts = [_stretch(long_enough[number], moments, random) for number in chosen]
    return Batch(*(np.stack(each) for each in zip(*parts, strict=True)))


def _stretch(song: Song, moments: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int]:
    start, up = random.integers(len(song.heights) - moments + 1), int(random.integers(-6, 6))
    part = slice(start, start + moments)
    padded = np.pad(song.heights[part].astype(np.float32), ((0, 0), (6, 6)))
    moved = padded[:, 6 - up : padded.shape[1] - 6 - up]
    chords = np.where(song.chords[part] == UNKNOWN, UNKNOWN, _up(song.chords[part], up, len(QUALITIES)))
    return moved.T, chords, _up(song.key, up, len(SCALES))


def _up(number, semitones: int, kinds: int):
    """The number of the same kind so many semitones higher."""
    return (number + kinds * semitones) % (12 * kinds)
