"""The governor: holds the sound written ahead of a take that is heard, by drawing frames with fewer steps.

It lowers the steps when, at the speed seen, the buffer would not be full again in time, and raises them bit by bit as
long as the speed leaves slack. The time of a frame is taken to be proportional to its steps; what does not depend on
them makes the guess a safe one in both directions. All is plain values: what is drawn with what goes into the take's
history, so a take is made again without a governor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.controls import MAX_STEPS, Controls
from engine.errors import CalmError

LEAD_SECONDS = 1.0  # how far writing may run ahead of what is heard: far enough to be safe, near enough to be steered
LEAST_LEAD, MOST_LEAD = 0.2, 2.0
LOW, URGENT, FULL = 0.8, 0.5, 0.9  # of the buffer: to be filled below, at once below; above, steps may be raised
FILL_SECONDS = 2.0  # within which a low buffer is to be full again
SLACK = 1.2  # x real time that must be left after the steps were raised
RAISE = 1.25  # by how much at a time
QUICK, PATIENT = 5, 25  # frames with the same steps before they are lowered, and before they are raised


@dataclass(frozen=True)
class Governor:
    """What the user chose: whether there is governing, the `lead` in seconds that is held, and the `lowest` steps.

    Raises CalmError for a lead outside 0.2..2 s or a lowest number of steps outside 1..200.
    """

    on: bool = True
    lead: float = LEAD_SECONDS
    lowest: int = 1

    def __post_init__(self):
        if not LEAST_LEAD <= self.lead <= MOST_LEAD:
            raise CalmError(
                f"A buffer of {self.lead} s cannot be held", f"Choose {LEAST_LEAD:g} to {MOST_LEAD:g} seconds"
            )
        if self.lowest not in range(1, MAX_STEPS + 1):
            raise CalmError(f"{self.lowest} steps cannot be the least", f"Choose a whole number from 1 to {MAX_STEPS}")


@dataclass(frozen=True)
class Cap:
    """No more than so many `steps` for now; `work` is how many seconds the last frames under this cap took."""

    steps: int = MAX_STEPS
    work: tuple[float, ...] = ()

    def over(self, wanted: Controls) -> Controls:
        """The controls in effect."""
        return wanted if wanted.steps <= self.steps else replace(wanted, steps=self.steps)

    def seen(self, work: float) -> Cap:
        """One more frame took `work` seconds."""
        return replace(self, work=(*self.work, work)[-PATIENT:])

    @property
    def frame_work(self) -> float | None:
        """Mean seconds of the last frames; None before there were some."""
        recent = self.work[-QUICK:]
        return sum(recent) / len(recent) if recent else None

    @property
    def slowest_work(self) -> float:
        """Seconds of the slowest of the last frames."""
        return max(self.work, default=0.0)


def governed(
    cap: Cap, wanted: Sequence[Controls], governor: Governor | None, ahead: float | None, frame_seconds: float
) -> Cap:
    """The cap for the next frame, of `frame_seconds`, with `ahead` seconds written and not heard (None: not heard);
    `wanted` are the controls of all takes that are written together."""
    if governor is None or not governor.on or ahead is None:
        return replace(cap, steps=MAX_STEPS)
    asked = max(controls.steps for controls in wanted)
    steps, speed = min(asked, cap.steps), frame_seconds / (cap.frame_work or frame_seconds)
    needed = 1 + (governor.lead - ahead) / FILL_SECONDS
    low, urgent = ahead < LOW * governor.lead, ahead < URGENT * governor.lead
    known = len(cap.work) >= (1 if urgent else QUICK)
    if low and known and speed < needed and steps > governor.lowest:
        return Cap(max(governor.lowest, min(steps - 1, int(steps * speed / needed))))
    raised = max(steps + 1, int(steps * RAISE))
    slack = speed * steps / raised >= SLACK
    if cap.steps < asked and ahead >= FULL * governor.lead and len(cap.work) == PATIENT and slack:
        return Cap(raised if raised < asked else MAX_STEPS)
    return cap
