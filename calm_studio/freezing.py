"""A take as it is at one moment. No Qt in here."""

import copy

from engine.controls import ControlHistory
from engine.take import Take


def frozen(take: Take) -> Take:
    """The take as it is now, while it may go on, or go back to be written anew; only then are samples copied."""
    while True:
        changes, still = take.history.changes, copy.copy(take)
        still.history, still.borders = ControlHistory(changes), list(take.borders)
        if take.state != "writing":
            return still
        still.samples = take.samples.copy()
        if take.history.changes is changes and take.written >= still.written:
            return still  # what was written anew meanwhile would have changed the history
