"""Undo and redo as the user knows them: of what is arranged, of takes that were asked for, of knobs and fields."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace

from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit

from calm_studio.deck import Deck
from calm_studio.desk import Desk
from calm_studio.history import Retold
from calm_studio.making import Making
from calm_studio.plan import Plan, SheetWords, changed_in
from calm_studio.values import State
from engine.controls import USUAL_HARMONY, Controls
from engine.errors import CalmError
from engine.music.chart import parse_chart

GESTURE = 1.0
"""Seconds for which a knob rests between moves that are undone together."""
TYPED_IN = (QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit)


class Undoing:
    def __init__(self, desk: Desk, deck: Deck, making: Making):
        self._desk, self._deck, self._making = desk, deck, making
        self._turned: tuple = ()

    def turn(self, controls: Controls) -> None:
        """A knob was moved: what is written follows it. All moves of one knob, without a rest, are one edit."""
        state, after = self._desk.state, asdict(controls)
        before = asdict(state.controls)
        knob = tuple(name for name in after if after[name] != before[name])
        self._edit(knob, replace(state, controls=controls) if knob else state, self._resting)
        self._making.steer(controls)

    def replan(self, plan: Plan) -> None:
        """A field was changed. All that is typed until it is left is one edit, as are clicks without a rest, and taps
        until the tempo is settled. With chords that are written comes the strength that suits them."""
        state, typing = self._desk.state, isinstance(self._desk.window.focusWidget(), TYPED_IN)
        names = (*changed_in(state.plan, plan), *changed_in(state.plan.sheet, plan.sheet))
        controls = suited(state.controls, state.plan.sheet, plan.sheet)
        after = replace(state, plan=plan, controls=controls)
        self._edit(names, after, self._resting and not typing and "tempo" not in names)
        if controls != state.controls:
            self._making.steer(controls)

    def rest(self) -> None:
        """What is changed from here on is another edit than before."""
        self._turned = ()

    @property
    def _resting(self) -> bool:
        return not self._turned or time.monotonic() - self._turned[2] >= GESTURE

    def _edit(self, names: tuple[str, ...], state: State, rested: bool) -> None:
        """`names` say what is changed; another lead sheet is for the take that is written, too."""
        goes_on = self._turned[:2] == (names, self._desk.last_edit) and not rested
        lane = self._desk.state.writing if "sheet" in names else None
        self._desk.edit(state, goes_on, lane and Retold(lane.take.id, lane.take.sheets.changes))
        self._turned = (names, self._desk.last_edit, time.monotonic())

    def undo(self) -> None:
        self._step(self._desk.undo)

    def redo(self) -> None:
        self._step(self._desk.redo)

    def _step(self, step: Callable[[], None]) -> None:
        """What is heard stops if it goes; knobs that go back are heard at once, the lead sheet from the next bar on."""
        before = self._desk.state
        step()
        if before.lane is not None and self._desk.state.lane_of(before.chosen) is None:
            self._deck.stop()
        if self._desk.state.controls != before.controls:
            self._making.steer(self._desk.state.controls)
        if self._desk.state.plan.sheet != before.plan.sheet:
            self._making.tell()


def suited(controls: Controls, before: SheetWords, after: SheetWords) -> Controls:
    """How firmly chords are followed, at its usual value for the sheet that was, goes to that for the one that is."""
    was, now = (USUAL_HARMONY[_is_own(sheet)] for sheet in (before, after))
    return replace(controls, harmony=now) if controls.harmony == was else controls


def _is_own(sheet: SheetWords) -> bool:
    """Whether it is free, or has a chart that can be read."""
    try:
        return not sheet.follows or bool(parse_chart(sheet.chords))
    except CalmError:
        return False
