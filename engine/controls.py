"""The knobs that steer a take while it is written: a frozen value, the box it is swapped in, the log of its changes."""

from __future__ import annotations

import typing
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from engine.errors import CalmError

Sampler = Literal["consistency", "trigflow"]
SAMPLERS: tuple[Sampler, ...] = typing.get_args(Sampler)
USUAL_STEPS: dict[Sampler, int] = {"consistency": 4, "trigflow": 100}
MAX_STEPS = 200
MAX_TEMPERATURE = 2.0
MAX_FOLLOW = 5.0


@dataclass(frozen=True)
class Controls:
    """How the head draws a frame: `steps` network calls; `temperature`, which scales the variance of its noise; and
    `follow`, how firmly it follows the lead sheet (0: not at all, 1: as trained, more: guidance).

    Raises CalmError for an unknown sampler, steps outside 1..200, a temperature outside 0..2, or follow outside 0..5.
    """

    sampler: Sampler = "consistency"
    steps: int = USUAL_STEPS["consistency"]
    temperature: float = 0.8
    follow: float = 3.0

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


class ControlBox:
    """Holds the current Controls. Any thread may `set`, any thread may `get`.

    The value is frozen and replaced whole by one assignment, so a reader never sees half a change.
    """

    def __init__(self, controls: Controls):
        self._controls = controls

    def set(self, controls: Controls) -> None:
        self._controls = controls

    def get(self) -> Controls:
        return self._controls


class ControlHistory:
    """The Controls of every frame of a take, stored as the frames at which they changed.

    One thread records; any thread may read meanwhile.
    """

    def __init__(self):
        self._changes: list[tuple[int, Controls]] = []

    @property
    def changes(self) -> tuple[tuple[int, Controls], ...]:
        """(frame, controls in effect from that frame on), by rising frame."""
        return tuple(self._changes)

    def record(self, frame: int, controls: Controls) -> None:
        """Note that `frame` is made with `controls`. Raises ValueError if `frame` lies before the last change."""
        if self._changes and frame < self._changes[-1][0]:
            raise ValueError(f"frame {frame} comes before the recorded frame {self._changes[-1][0]}")
        if not self._changes or self._changes[-1][1] != controls:
            self._changes.append((frame, controls))

    def at(self, frame: int) -> Controls:
        """The controls in effect at `frame`. Raises LookupError for a frame before the first record."""
        following = bisect_right(self._changes, frame, key=lambda change: change[0])
        if following == 0:
            raise LookupError(f"nothing was recorded at or before frame {frame}")
        return self._changes[following - 1][1]
