"""A take as it is at one moment. No Qt in here."""

import copy

from engine.controls import ControlHistory
from engine.sheets import SheetHistory
from engine.take import Take


def frozen(take: Take) -> Take:
    """The take as it is now, while it may go on, or go back to be written anew; only then are samples copied."""
    while True:
        changes, told, still = take.history.changes, take.sheets.changes, copy.copy(take)
        still.history, still.sheets, still.borders = ControlHistory(changes), SheetHistory(told), list(take.borders)
        if take.state != "writing":
            return still
        still.samples = take.samples.copy()
        same = take.history.changes is changes and take.sheets.changes is told
        if same and take.written >= still.written:
            return still  # what was written anew meanwhile would have changed one of the histories
