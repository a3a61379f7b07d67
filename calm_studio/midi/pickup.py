"""Soft takeover: a knob that stands elsewhere than the value it steers takes hold of it when it passes it, so that
nothing jumps. No Qt in here."""

from dataclasses import dataclass

NEAR = 2.5 / 127
"""Shares that are no jump: two steps of a knob, and what rounding adds."""


@dataclass(frozen=True)
class Grip:
    """Where a knob was last (a share, 0 to 1), and the value that it set then, None where it had no hold."""

    knob: float
    set_to: float | None = None


def takes_hold(grip: Grip | None, knob: float, value: float) -> bool:
    """Whether a knob that is now at `knob` steers the `value` that there is: it held it and nobody else has moved it,
    it is near, or it has just passed it."""
    if abs(knob - value) <= NEAR:
        return True
    if grip is None:
        return False
    held = grip.set_to is not None and abs(grip.set_to - value) <= NEAR
    return held or min(grip.knob, knob) <= value <= max(grip.knob, knob)
