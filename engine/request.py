"""What to continue, and how: everything a take is made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.audio import Audio, check_prompt, read, stereo
from engine.controls import Controls
from engine.errors import CalmError
from engine.music.leadsheet import LeadSheet

MAX_SECONDS = 600.0
MAX_SEED = 2**63 - 1
MAX_TRIES = 16


@dataclass(frozen=True, eq=False)
class Prompt:
    """A clip and the part of it to continue: samples `start` to `stop` at the clip's own rate; `stop` is the cut.

    Raises CalmError if the part is empty or reaches outside the clip.
    """

    audio: Audio
    name: str
    start: int
    stop: int

    def __post_init__(self):
        if not 0 <= self.start < self.stop <= self.audio.samples.shape[1]:
            raise CalmError(
                f"The chosen part of {self.name} is empty or reaches outside it",
                f"Choose a start and a stop between 0 and {self.audio.seconds:.2f} seconds",
            )

    @classmethod
    def from_file(cls, path: str | Path) -> Prompt:
        """The whole of an audio file. Raises CalmError if it cannot be read, or is too short or silent to continue."""
        audio = read(path)
        check_prompt(audio, Path(path).name)
        return cls(audio, Path(path).stem, 0, audio.samples.shape[1])

    @property
    def samples(self) -> np.ndarray:
        """The chosen part as float32 (2, stop - start); a mono clip is on both channels."""
        return stereo(self.audio.samples[:, self.start : self.stop])


@dataclass(frozen=True, eq=False)
class Request:
    """One continuation: the prompt, how many `seconds` to add, and the recipe that makes it repeatable.

    Raises CalmError for a length outside 0..600 s, a seed outside 0..2**63 - 1, tries outside 1..16, or a prompt
    whose chosen part is shorter than half a second or silent.
    """

    prompt: Prompt
    seconds: float
    seed: int
    controls: Controls
    text: str = ""
    sheet: LeadSheet | None = None  # times in seconds from the start of the chosen part
    tries: int = 1  # beginnings that are drawn; the take is written with the best (`engine.best_start`)

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
        check_prompt(Audio(self.prompt.samples, self.prompt.audio.rate))
