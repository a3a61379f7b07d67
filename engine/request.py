"""What to continue, and how: everything a take is made from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.audio import MIN_PROMPT_SECONDS, Audio, check_length, check_prompt, read, stereo
from engine.controls import Controls
from engine.errors import CalmError
from engine.music.leadsheet import LeadSheet

if TYPE_CHECKING:
    from engine.music.told import Told
    from engine.take import Take

MAX_SECONDS = 600.0
MIDI_SUFFIXES = (".mid", ".midi")
MAX_SEED = 2**63 - 1
MAX_TRIES = 16
NAMED_WORDS = 4
SILENCE_RATE = 48_000  # of a take that nothing goes before


@dataclass(frozen=True, eq=False)
class Prompt:
    """A clip and the part of it to continue: samples `start` to `stop` at the clip's own rate; `stop` is the cut.

    `told` is what the file itself says of the whole clip's time and key, as MIDI files do; None: it has to be heard.
    Raises CalmError if the part is empty or reaches outside the clip.
    """

    audio: Audio
    name: str
    start: int
    stop: int
    told: Told | None = None

    def __post_init__(self):
        if not 0 <= self.start < self.stop <= self.audio.samples.shape[1]:
            raise CalmError(
                f"The chosen part of {self.name} is empty or reaches outside it",
                f"Choose a start and a stop between 0 and {self.audio.seconds:.2f} seconds",
            )

    @classmethod
    def from_file(cls, path: str | Path) -> Prompt:
        """The whole of an audio file, or of a MIDI file, which is rendered.

        Raises CalmError if it cannot be read, or is too short or silent to continue.
        """
        path = Path(path)
        audio, told = _rendered(path) if path.suffix.lower() in MIDI_SUFFIXES else (read(path), None)
        check_prompt(audio, path.name)
        return cls(audio, path.stem, 0, audio.samples.shape[1], told)

    @classmethod
    def silence(cls, name: str) -> Prompt:
        """Half a second in which nothing sounds: before a take that is written from a text alone."""
        frames = round(MIN_PROMPT_SECONDS * SILENCE_RATE)
        return cls(Audio(np.zeros((2, frames), np.float32), SILENCE_RATE), name, 0, frames)

    @property
    def told_of_part(self) -> Told | None:
        """What is told, times from the start of the chosen part."""
        return self.told and self.told.later(self.start / self.audio.rate)

    @property
    def samples(self) -> np.ndarray:
        """The chosen part as float32 (2, stop - start); a mono clip is on both channels."""
        return stereo(self.audio.samples[:, self.start : self.stop])


def _rendered(path: Path) -> tuple[Audio, Told]:
    from engine.midi_in.render import render_here  # mido is not needed before

    return render_here(path)


def first_words(text: str) -> str:
    """What a take is called that was written from a text alone."""
    words = re.findall(r"[\w&'#-]+", text)
    return " ".join(words[:NAMED_WORDS]) or "text"


@dataclass(frozen=True)
class Place:
    """Which row a take is of the `rows` that are written together as one batch. The last bits depend on both, and on
    nothing else of the batch."""

    row: int = 0
    rows: int = 1


ALONE = Place()


@dataclass(frozen=True)
class SeedFrom:
    """From `frame` on, counted from the cut, frames are drawn with `seed`, at another place."""

    frame: int
    seed: int
    place: Place = ALONE


@dataclass(frozen=True)
class SheetFrom:
    """From `frame` on, counted from the cut, `sheet` is told."""

    frame: int
    sheet: LeadSheet | None


@dataclass(frozen=True, eq=False)
class Fork:
    """Where a take leaves its `parent`: all before `frame`, counted from the cut, is the parent's, bit for bit.

    To be asked first is `engine.trail.can_fork`; `Request.forked` makes the request.
    """

    parent: Take
    frame: int


@dataclass(frozen=True, eq=False)
class Request:
    """One continuation: the prompt, how many `seconds` to add, and the recipe that makes it repeatable.

    With a `fork`, prompt, text and tries are the parent's, `seconds` count from its cut, and seed, controls and sheet
    are for what is new. Raises CalmError for a length outside 0..600 s, a seed outside 0..2**63 - 1, tries outside
    1..16, or a prompt whose chosen part is shorter than half a second; or silent, unless there is a text to begin from.
    """

    prompt: Prompt
    seconds: float
    seed: int
    controls: Controls
    text: str = ""
    sheet: LeadSheet | None = None  # times in seconds from the start of the chosen part; live it can be told another
    tries: int = 1  # beginnings that are drawn; the take is written with the best (`engine.best_start`)
    fork: Fork | None = None

    @classmethod
    def forked(cls, parent: Take, frame: int, seconds: float, seed: int, controls: Controls) -> Request:
        """Leave `parent` at `frame` and write `seconds` of its own, told what it would have been told."""
        kept = (parent.borders[frame] if frame < len(parent.borders) else parent.written) - parent.cut
        fork, whole = Fork(parent, frame), kept / parent.rate + seconds
        sheet = parent.sheets.at(frame)
        return replace(parent.request, seconds=whole, seed=seed, controls=controls, sheet=sheet, fork=fork)

    @property
    def origin(self) -> Request:
        """The request of the take that this one forks off, or of the one that that forks off, back to the first."""
        return self if self.fork is None else self.fork.parent.request.origin

    def __post_init__(self):
        if not 0 < self.seconds <= MAX_SECONDS:
            raise CalmError(
                f"A continuation of {self.seconds} seconds cannot be made",
                f"Choose a length up to {MAX_SECONDS:g} seconds",
            )
        if not 0 <= self.seed <= MAX_SEED:
            raise CalmError(f"The seed {self.seed} cannot be used", f"Choose a whole number from 0 to {MAX_SEED}")
        if self.tries not in range(1, MAX_TRIES + 1):
            raise CalmError(f"{self.tries} beginnings cannot be tried", f"Choose a whole number from 1 to {MAX_TRIES}")
        check = check_length if self.text else check_prompt
        check(Audio(self.prompt.samples, self.prompt.audio.rate))
