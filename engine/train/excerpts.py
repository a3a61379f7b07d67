"""Excerpts of rendered songs with what is known of them, to learn hearing from and to judge it by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from engine.audio import Audio


@dataclass(frozen=True, eq=False)
class Excerpt:
    """So many `seconds` of a song from second `start` on, and the song's labels."""

    audio: Audio
    start: float
    seconds: float
    song: dict

    @property
    def beats(self) -> np.ndarray:
        """(beats,) seconds from the excerpt's start of the beats in it."""
        return self._all_beats[self._inside]

    @property
    def first_downbeat(self) -> int:
        """The index in `beats` of the first that begins a bar."""
        return int(-np.argmax(self._inside)) % self.song["beats_per_bar"]

    def chord_at(self, seconds: float) -> dict:
        """The chord at a moment of the excerpt, the last one after the end."""
        moment = self.start + seconds
        return next((c for c in self.song["chords"] if c["start"] + c["duration"] > moment), self.song["chords"][-1])

    @property
    def _all_beats(self) -> np.ndarray:
        return np.array(self.song["beats"]) - self.start

    @property
    def _inside(self) -> np.ndarray:
        return (self._all_beats >= 0) & (self._all_beats < self.seconds)


def read_excerpts(folder: Path, lengths: tuple[float, ...], songs: int) -> Iterator[Excerpt]:
    """Of each of the first songs of a folder of engine.train.render one excerpt of each length, the same each time."""
    for path in sorted(folder.glob("*.json"))[:songs]:
        song = json.loads(path.read_text("utf-8"))
        places = np.random.default_rng(song["seed"])
        for seconds in lengths:
            start = places.uniform(0, song["beats"][-1] - seconds)
            yield Excerpt(_read(path.with_suffix(".wav"), start, seconds), start, seconds, song)


def _read(path: Path, start: float, seconds: float) -> Audio:
    rate = soundfile.info(path).samplerate
    first = round(start * rate)
    samples, _ = soundfile.read(path, round(seconds * rate), first, dtype="float32", always_2d=True)
    return Audio(np.ascontiguousarray(samples.T), rate)
