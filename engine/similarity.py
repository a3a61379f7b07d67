"""How close a take is to its prompt, and to the songs that the model learned from: a figure from 0 to 100.

FRAMES_PER_SECOND times a second the shape of the spectrum, which holds harmony and timbre, is described in DIMENSIONS
numbers (`Basis`). Two passages of WINDOW frames are as far apart as these numbers are, frame by frame: the diagonals of
a cross-recurrence plot (Serra, Serra & Andrzejak, New J. Phys. 11, 2009) at one tempo, since a copy keeps the tempo.
Every passage of a take is looked for in all of the reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from engine.audio import Audio
from engine.bands import levels
from engine.errors import CalmError
from engine.music.spectra import RATE, mono

SONGS_FILE = "songs.safetensors"  # beside the weights that were trained on them
FRAMES_PER_SECOND = 4
HOP = RATE // FRAMES_PER_SECOND
WINDOW = 12  # frames of a passage: 3 s
STEP = 4  # frames from one passage of a take to the next
AT_ONCE = 4  # passages: beside 36 hours of songs 8 MB for each of some arrays; with 16 a search takes no less time
SHIFTS = 4  # places between two frames of the reference at which a take's frames are taken
FFT_SIZE, BANDS = 8192, 96  # a band is a semitone wide
RANGE = 60.0  # dB below the loudest band of a frame, under which nothing is told apart
DIMENSIONS = 12  # of 4 bits each
SCALE = 2.5  # steps of a stored number in its standard deviation

# Medians (python -m engine.train.calibrate_similarity): the mean squared difference, 1 being the variance, between 10 s
# and the closest passages of a 10 s prompt, from a passage through the VAE to itself up to another song ...
COPY, OTHER_SONG = 0.23, 1.50
# ... and what the song with the closest passage lies closer than the next song, for a copy and for unseen music.
COPY_RATIO, UNSEEN_RATIO = 0.41, 0.85
COPIED = 0.63  # 55 of 60 copies lie below, 34 of 35 unseen songs above


@dataclass(frozen=True, eq=False)
class Basis:
    """`mean` (BANDS,) in dB is taken off, `projection` (BANDS, DIMENSIONS) gives numbers of variance 1."""

    mean: np.ndarray
    projection: np.ndarray

    def describe(self, audio: Audio, hop: int = HOP) -> np.ndarray:
        """(frames, DIMENSIONS) of a clip of any rate, every `hop` samples at RATE."""
        return self.project(shapes(audio, hop))

    def project(self, shape: np.ndarray) -> np.ndarray:
        return ((shape - self.mean) @ self.projection).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Songs:
    """The songs a model learned from, all in a row: `frames` (N, DIMENSIONS), and `song` (N,), the number of each."""

    basis: Basis
    frames: np.ndarray
    song: np.ndarray


@dataclass(frozen=True)
class Match:
    """The passage of a take that most belongs to one training song: `score` 100 for a copy, 0 as for unseen music;
    where it lies in the take and in the song, in seconds; `ratio` of its distance to that to any other song."""

    score: float
    seconds: float
    song: int
    song_seconds: float
    ratio: float

    @property
    def copied(self) -> bool:
        return self.ratio < COPIED


def shapes(audio: Audio, hop: int = HOP) -> np.ndarray:
    """(frames, BANDS) levels of a clip's mono sum in dB, each frame's mean taken off."""
    level = levels(mono(audio), FFT_SIZE, hop, BANDS)
    level = np.maximum(level, level.max(axis=1, keepdims=True) - RANGE)
    return level - level.mean(axis=1, keepdims=True)


def prompt_similarity(prompt: Audio, continuation: Audio, basis: Basis) -> float:
    """How close what was written is to its prompt: 100 where all of it is in the prompt, 0 as for another song.

    Raises CalmError if one of them is shorter than a passage.
    """
    away = nearest(continuation, basis.describe(prompt), basis).mean()
    return float(np.clip(100 * (OTHER_SONG - away) / (OTHER_SONG - COPY), 0, 100))


def nearest(audio: Audio, reference: np.ndarray, basis: Basis) -> np.ndarray:
    """(passages,) the distance of each passage of `audio` to the closest in the reference (N, DIMENSIONS).

    Raises CalmError if one of them is shorter than a passage.
    """
    return np.concatenate([found.min(axis=0) for _, found in _distances(audio, reference, basis)])


def closest(audio: Audio, songs: Songs) -> Match:
    """The passage of `audio` that is much closer to one training song than to all others.

    Not simply the closest: a held chord is close to many songs, and a copy of none. Raises CalmError if `audio` is
    shorter than a passage.
    """
    blocks = _distances(audio, songs.frames, songs.basis)
    return min((_match(found, passage, songs) for passage, found in blocks), key=lambda match: match.ratio)


def _match(found: np.ndarray, passage: int, songs: Songs) -> Match:
    """That of the passages from number `passage` on, which lie as far away as `found` (places, n) says."""
    found[songs.song[: len(found)] != songs.song[WINDOW - 1 :]] = np.inf  # half in one song, half in the next
    first = np.flatnonzero(np.diff(songs.song[: len(found)], prepend=-1))
    least, next_ = np.partition(np.minimum.reduceat(found, first), 1, axis=0)[:2]
    ratio = least / np.maximum(next_, 1e-6)
    best = int(ratio.argmin())
    place = int(found[:, best].argmin())
    return Match(
        score=float(np.clip(100 * (UNSEEN_RATIO - ratio[best]) / (UNSEEN_RATIO - COPY_RATIO), 0, 100)),
        seconds=(passage + best) * STEP / FRAMES_PER_SECOND,
        song=int(songs.song[place]),
        song_seconds=(place - int(first[first <= place].max())) / FRAMES_PER_SECOND,
        ratio=float(ratio[best]),
    )


def _distances(audio: Audio, reference: np.ndarray, basis: Basis) -> Iterator[tuple[int, np.ndarray]]:
    """Mean squared differences (places, n) of passages of `audio`, STEP frames apart, to the reference (N, DIMENSIONS)
    from each place on, the best of SHIFTS between the frames; AT_ONCE passages at a time, with the first one's number.
    """
    fine = basis.describe(audio, HOP // SHIFTS)
    count = (len(fine) // SHIFTS - WINDOW) // STEP + 1
    if count < 1 or len(reference) < WINDOW:
        raise CalmError("There is too little sound to compare", f"Choose at least {WINDOW / FRAMES_PER_SECOND:g} s")
    energy = _energy(reference)[:, None]
    for first in range(0, count, AT_ONCE):
        passages = np.arange(first, min(first + AT_ONCE, count))
        shifted = (_to_passages(fine[shift::SHIFTS], reference, energy, passages) for shift in range(SHIFTS))
        yield first, reduce(np.minimum, shifted)


def _to_passages(frames: np.ndarray, reference: np.ndarray, energy: np.ndarray, passages: np.ndarray) -> np.ndarray:
    shared = sum(reference[k : k + len(energy)] @ frames[STEP * passages + k].T for k in range(WINDOW))
    return (energy + _energy(frames)[STEP * passages] - 2 * shared) / (WINDOW * DIMENSIONS)


def _energy(frames: np.ndarray) -> np.ndarray:
    """(n,) sum of squares of the WINDOW frames from each one on."""
    total = np.cumsum(np.pad(np.square(frames).sum(axis=1, dtype=np.float64), (1, 0)))
    return (total[WINDOW:] - total[:-WINDOW]).astype(np.float32)


def save_songs(songs: Songs, path: Path) -> None:
    """Write the index: 6 bytes for a frame, a megabyte for 12 hours."""
    steps = np.clip(np.floor(songs.frames * SCALE), -8, 7).astype(np.int8) + 8
    packed = (steps[:, ::2] | steps[:, 1::2] << 4).astype(np.uint8)
    first = np.flatnonzero(np.diff(songs.song, prepend=-1))
    save_file(
        {
            "mean": songs.basis.mean.astype(np.float32), "projection": songs.basis.projection.astype(np.float32),
            "frames": packed, "first": first.astype(np.int32), "song": songs.song[first].astype(np.int32),
        },
        path,
    )  # fmt: skip


def load_songs(path: Path) -> Songs:
    """Read the index that `save_songs` wrote. Raises CalmError if it is missing or damaged."""
    advice = "Install the model again"
    try:
        stored = load_file(path)
        packed, first = stored["frames"], stored["first"]
        steps = np.stack([packed & 15, packed >> 4], axis=-1).reshape(len(packed), DIMENSIONS).astype(np.float32)
        song = np.repeat(stored["song"], np.diff(first, append=len(packed)))
        return Songs(Basis(stored["mean"], stored["projection"]), (steps - 7.5) / np.float32(SCALE), song)
    except FileNotFoundError:
        raise CalmError("The list of the songs that the model learned from is missing", advice) from None
    except (SafetensorError, KeyError, ValueError) as error:
        raise CalmError("The list of the songs that the model learned from is damaged", advice) from error
