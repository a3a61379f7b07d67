"""The knobs that steer a take while it is written: a frozen value, the box it is swapped in, the log of its changes."""

from __future__ import annotations

import typing
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal

from engine.errors import CalmError

if typing.TYPE_CHECKING:
    from engine.governor import Governor

Sampler = Literal["consistency", "trigflow"]
SAMPLERS: tuple[Sampler, ...] = typing.get_args(Sampler)
USUAL_STEPS: dict[Sampler, int] = {"consistency": 4, "trigflow": 100}
MAX_STEPS = 200
MAX_TEMPERATURE = 2.0
MAX_FOLLOW = 5.0
MAX_HARMONY = 15.0


@dataclass(frozen=True)
class Controls:
    """How the head draws a frame: `steps` network calls; `temperature`, which scales the variance of its noise; and how
    firmly it follows the lead sheet (0: not at all, 1: as trained, more: guidance), `follow` for all but its chords,
    `harmony` for these.

    Raises CalmError for an unknown sampler, steps outside 1..200, a temperature outside 0..2, follow outside 0..5, or
    harmony outside 0..15.
    """

    sampler: Sampler = "consistency"
    steps: int = USUAL_STEPS["consistency"]
    temperature: float = 0.8
    follow: float = 3.0
    harmony: float = 8.0

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


class ControlBox:
    """Holds the current Controls, and what governs the steps, if anything does. Any thread may `set`, any may `get`.

    The values are frozen and replaced whole by one assignment, so a reader never sees half a change.
    """

    def __init__(self, controls: Controls, governor: Governor | None = None):
        self._controls = controls
        self.governor = governor

    def set(self, controls: Controls) -> None:
        self._controls = controls

    def get(self) -> Controls:
        return self._controls


class ControlHistory:
    """The Controls of every frame of a take, stored as the frames at which they changed.

    One thread records; any thread may read meanwhile: `changes`, (frame, controls in effect from that frame on) by
    rising frame, is replaced whole.
    """

    def __init__(self, changes: tuple[tuple[int, Controls], ...] = ()):
        self.changes = changes

    def record(self, frame: int, controls: Controls) -> None:
        """Note that `frame` is made with `controls`. Raises ValueError if `frame` lies before the last change."""
        if self.changes and frame < self.changes[-1][0]:
            raise ValueError(f"frame {frame} comes before the recorded frame {self.changes[-1][0]}")
        if not self.changes or self.changes[-1][1] != controls:
            self.changes = (*self.changes, (frame, controls))

    def until(self, frame: int) -> ControlHistory:
        """Another history, of the frames before `frame` alone."""
        return ControlHistory(self.changes[: bisect_left(self.changes, frame, key=lambda change: change[0])])

    def rewind(self, frame: int) -> None:
        """Forget `frame` and all after it: they are made anew."""
        self.changes = self.until(frame).changes

    def at(self, frame: int) -> Controls:
        """The controls in effect at `frame`. Raises LookupError for a frame before the first record."""
        changes = self.changes
        following = bisect_right(changes, frame, key=lambda change: change[0])
        if following == 0:
            raise LookupError(f"nothing was recorded at or before frame {frame}")
        return changes[following - 1][1]
