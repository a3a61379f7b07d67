"""Held-out songs cut in two: a prompt to be continued, and what really follows. Sound is read when it is asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

import numpy as np
import soundfile

from engine.audio import Audio
from engine.errors import CalmError
from engine.music.follow import NO_CHORDS, Wishes, follow, heard_key
from engine.music.heard import Heard, hear
from engine.music.leadsheet import LeadSheet
from engine.music.suggest import suggest
from engine.train.labels import later, sheet_of

START_SECONDS = 8  # past most intros
PROMPT_SECONDS = 5
CUT_SECONDS = START_SECONDS + PROMPT_SECONDS
# What must follow, at most, for a song to be of use: songs are a minute long, and a take of a minute is judged by as
# much of the song as there is.
TRUTH_SECONDS = 30
Telling = Literal["nothing", "free", "as heard", "own chords", "by the score"]


@dataclass(frozen=True, eq=False)
class Clip:
    """A song in a file at ``rate``, to be continued for so many seconds, and its score."""

    path: Path
    rate: int
    seconds: float
    score: dict

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def prompt(self) -> np.ndarray:
        """(2, N)"""
        return self._read(START_SECONDS, PROMPT_SECONDS)

    @property
    def truth(self) -> np.ndarray:
        """(2, N) what really follows: so many seconds, or less where the song ends."""
        return self._read(CUT_SECONDS, self.seconds)

    def sheet(self, told: Telling) -> LeadSheet:
        """What is told of the clip, times from the start of the prompt."""
        if told == "by the score":
            return later(sheet_of(self.score), -START_SECONDS)
        heard = hear(Audio(self.prompt, self.rate))
        return follow(heard, PROMPT_SECONDS, self.seconds, Wishes(chords=self._chart(told, heard)))

    def _chart(self, told: Telling, heard: Heard) -> str | None:
        """Where no key is heard, its own chords are those that are heard."""
        if told == "own chords" and heard_key(heard)[0] is not None:
            return suggest(heard, Random(self.score["seed"]))
        return NO_CHORDS if told == "free" else None

    def _read(self, start: float, seconds: float) -> np.ndarray:
        first, count = round(start * self.rate), round(seconds * self.rate)
        samples, _ = soundfile.read(self.path, count, first, dtype="float32", always_2d=True)
        return samples.T.copy()


def read_clips(folder: Path, count: int, seconds: float) -> list[Clip]:
    """The first ``count`` songs of a folder of engine.train.render that are long enough; CalmError for none at all."""
    clips = []
    for path in sorted(folder.glob("*.wav")):
        labels, info = path.with_suffix(".json"), soundfile.info(path)
        if len(clips) < count and labels.is_file() and info.duration >= CUT_SECONDS + min(seconds, TRUTH_SECONDS):
            clips.append(Clip(path, info.samplerate, seconds, json.loads(labels.read_text("utf-8"))))
    if not clips:
        raise CalmError(
            f"There is no song in {folder} that goes on long enough after its prompt",
            "Render some with python -m engine.train.render, and with a seed from 1000000 up",
        )
    return clips
