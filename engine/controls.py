"""The knobs that steer a take while it is written: a frozen value, the box it is swapped in, the log of its changes."""

from __future__ import annotations

import typing
from collections import deque
from dataclasses import dataclass
from typing import Literal

from engine.errors import CalmError
from engine.histories import History

if typing.TYPE_CHECKING:
    from engine.governor import Governor
    from engine.music.onward import SheetWish

Sampler = Literal["consistency", "trigflow"]
SAMPLERS: tuple[Sampler, ...] = typing.get_args(Sampler)
USUAL_STEPS: dict[Sampler, int] = {"consistency": 4, "trigflow": 100}
MAX_STEPS = 200
MAX_TEMPERATURE = 2.0
MAX_FOLLOW = 5.0
MAX_HARMONY = 15.0
MAX_TEXT_STRENGTH = 10.0
MAX_RECALL = 3.0
FORM = 8 / 3
"""Times `follow`: how firmly sections are followed. At 8 a break is heard as one, at 3 hardly (the model's card)."""
USUAL_HARMONY: dict[bool, float] = {False: 8.0, True: 12.0}
"""How firmly chords are followed: those that were heard, some of them wrongly, and those of a chart that was written;
or where a take is free the key. At 12 a chart is heard in 0.92 of a take and not in 0.88; what was heard gains nothing
(the model's card)."""


@dataclass(frozen=True)
class Controls:
    """How the head draws a frame: `steps` network calls; `temperature`, which scales the variance of its noise; and how
    firmly it follows the lead sheet (0: not at all, 1: as trained, more: guidance), `follow` for all but its chords,
    `harmony` for these, or where it has none for its key, and the text, `text_strength`; `recall` is how much comes
    back of what was written some bars ago.

    Raises CalmError for an unknown sampler, steps outside 1..200, a temperature outside 0..2, follow outside 0..5,
    harmony outside 0..15, a text strength outside 0..10, or a recall outside 0..3.
    """

    sampler: Sampler = "consistency"
    steps: int = USUAL_STEPS["consistency"]
    temperature: float = 1.4
    follow: float = 3.0
    harmony: float = USUAL_HARMONY[False]
    text_strength: float = 3.0
    recall: float = 2.0

    def __post_init__(self):
        if self.sampler not in SAMPLERS:
            raise CalmError(f"There is no sampler called {self.sampler!r}", f"Choose one of: {', '.join(SAMPLERS)}")
        if self.steps not in range(1, MAX_STEPS + 1):
            raise CalmError(f"{self.steps} steps cannot be used", f"Choose a whole number from 1 to {MAX_STEPS}")
        if not 0 <= self.temperature <= MAX_TEMPERATURE:
            raise CalmError(
                f"A temperature of {self.temperature} cannot be used", f"Choose a number from 0 to {MAX_TEMPERATURE:g}"
            )
        if not 0 <= self.follow <= MAX_FOLLOW:
            raise CalmError(
                f"The lead sheet cannot be followed {self.follow} times", f"Choose a number from 0 to {MAX_FOLLOW:g}"
            )
        if not 0 <= self.harmony <= MAX_HARMONY:
            raise CalmError(
                f"The chords cannot be followed {self.harmony} times", f"Choose a number from 0 to {MAX_HARMONY:g}"
            )
        if not 0 <= self.text_strength <= MAX_TEXT_STRENGTH:
            raise CalmError(
                f"The text cannot be followed {self.text_strength} times",
                f"Choose a number from 0 to {MAX_TEXT_STRENGTH:g}",
            )
        if not 0 <= self.recall <= MAX_RECALL:
            raise CalmError(
                f"What was played cannot come back {self.recall} times", f"Choose a number from 0 to {MAX_RECALL:g}"
            )

    @property
    def form(self) -> float:
        """How firmly the sections of the lead sheet are followed."""
        return FORM * self.follow


def upgraded(data: object) -> object:
    """What was kept as JSON, with Controls anywhere in it, before these had a `recall`: nothing was recalled then."""
    if isinstance(data, list):
        return [upgraded(each) for each in data]
    if not isinstance(data, dict):
        return data
    inner = {name: upgraded(value) for name, value in data.items()}
    return {"recall": 0.0} | inner if {"sampler", "temperature"} <= data.keys() else inner


class ControlBox:
    """Holds the current Controls, and what governs the steps, if anything does. Any thread may `set`, any may `get`.
    Any may `tell` what is to be followed from the next bar line on; the writer takes that out with `take_wish`.

    The values are frozen and replaced whole by one assignment, so a reader never sees half a change.
    """

    def __init__(self, controls: Controls, governor: Governor | None = None):
        self._controls = controls
        self._wish: deque[SheetWish] = deque(maxlen=1)
        self.governor = governor

    def set(self, controls: Controls) -> None:
        self._controls = controls

    def get(self) -> Controls:
        return self._controls

    def tell(self, wish: SheetWish) -> None:
        self._wish.append(wish)

    @property
    def wishes(self) -> bool:
        """Whether there is something to be told that was not taken out yet."""
        return bool(self._wish)

    def take_wish(self) -> SheetWish | None:
        """For the writer alone."""
        return self._wish.pop() if self._wish else None


class ControlHistory(History[Controls]):
    """The Controls of every frame of a take."""
