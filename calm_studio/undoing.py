"""Undo and redo as the user knows them: of what is arranged, of takes that were asked for, and of knobs."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace

from calm_studio.deck import Deck
from calm_studio.desk import Desk
from calm_studio.making import Making
from engine.controls import Controls

GESTURE = 1.0
"""Seconds for which a knob rests between moves that are undone together."""


class Undoing:
    def __init__(self, desk: Desk, deck: Deck, making: Making):
        self._desk, self._deck, self._making = desk, deck, making
        self._turned: tuple = ()

    def turn(self, controls: Controls) -> None:
        """A knob was moved: what is written follows it. All moves of one knob, without a rest, are one edit."""
        desk, now = self._desk, time.monotonic()
        before, after = asdict(desk.state.controls), asdict(controls)
        knob = tuple(name for name in after if after[name] != before[name])
        goes_on = self._turned[:2] == (knob, desk.last_edit) and now - self._turned[2] < GESTURE
        desk.edit(replace(desk.state, controls=controls) if knob else desk.state, goes_on)
        self._turned = (knob, desk.last_edit, now)
        self._making.steer(controls)

    def undo(self) -> None:
        self._step(self._desk.undo)

    def redo(self) -> None:
        self._step(self._desk.redo)

    def _step(self, step: Callable[[], None]) -> None:
        """What is heard stops if it goes; knobs that go back are heard at once."""
        before = self._desk.state
        step()
        if before.lane is not None and self._desk.state.lane_of(before.chosen) is None:
            self._deck.stop()
        if self._desk.state.controls != before.controls:
            self._making.steer(self._desk.state.controls)
