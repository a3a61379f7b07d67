"""The strips under the selected take: what its knobs were, frame by frame, and what they are to be."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from calm_studio.fields import link
from calm_studio.moves import KNOBS
from calm_studio.timeline.frame_clock import clock_of
from calm_studio.timeline.span import Span
from calm_studio.timeline.strip import Strip
from calm_studio.timeline.strip_view import HEIGHT
from calm_studio.values import Lane

GAP = 4
HEAD = 26


class Automation(QWidget):
    """The temperature, and what else was not the same throughout or was asked for: steps, how firmly text, sheet and
    chords are followed, how much is recalled. `edited` is as a strip's; `again_wanted` asks for the take with these
    moves, `undone` for those that it was made with."""

    edited = Signal(object, bool)
    again_wanted = Signal()
    undone = Signal()

    def __init__(self):
        super().__init__()
        self.strips = tuple(Strip(knob) for knob in KNOBS)
        self.temperature, self.text_strength, self.steps, self.follow, self.harmony, self.recall = self.strips
        self._asked: set[Strip] = {self.temperature}
        self._lane: Lane | None = None
        self.shown = {strip: link(f"+ {strip.knob.name}", f"Show {strip.knob.name} over time") for strip in self.strips}
        self.again = QPushButton("Re-render with these moves")
        self.again.setObjectName("drag")
        self.again.setProperty("lit", "true")
        self.again.setToolTip("Make the take once more with its seed, but these moves and chords, in a lane beside it")
        self.as_it_was = link("As it was", "Forget what was edited of this take")
        self._build()
        self._connect()

    def _build(self) -> None:
        self._head = QWidget()
        self._head.setFixedHeight(HEAD - GAP)
        row = QHBoxLayout(self._head)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(8)
        for button in self.shown.values():
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.as_it_was)
        row.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for widget in (*self.strips, self._head):
            column.addWidget(widget)
        self._show_strips()

    def _connect(self) -> None:
        for strip, button in self.shown.items():
            strip.edited.connect(self.edited)
            button.clicked.connect(partial(self._on_asked, strip))
        self.again.clicked.connect(self.again_wanted)
        self.as_it_was.clicked.connect(self.undone)

    def show_span(self, span: Span) -> None:
        for strip in self.strips:
            strip.show_span(span)

    def show_lane(self, lane: Lane) -> None:
        self._lane = lane
        self._show_strips()
        for strip in self.strips:
            if not strip.isHidden():
                strip.show_lane(lane)

    def _on_asked(self, strip: Strip) -> None:
        self._asked.add(strip)
        self._show_strips()
        if self._lane is not None:
            strip.show_lane(self._lane)
        strip.setFocus()

    def _show_strips(self) -> None:
        lane = self._lane
        for strip, button in self.shown.items():
            strip.setVisible(strip in self._asked or (lane is not None and strip.moved(lane)))
            button.setVisible(strip.isHidden())
        edited = lane is not None and lane.edited
        for widget in (self.again, self.as_it_was):
            widget.setVisible(edited)
        hidden = all(button.isHidden() for button in self.shown.values()) and not edited
        self._head.setVisible(not hidden)
        count = sum(not strip.isHidden() for strip in self.strips)
        self.setFixedHeight(count * (HEIGHT + GAP) - GAP + (0 if hidden else HEAD))


def has_curve(lane: Lane | None) -> bool:
    """Whether it is known when the knobs of the take were moved, or will be as it is written."""
    if lane is None:
        return False
    return lane.take.state == "writing" or (bool(lane.take.history.changes) and clock_of(lane) is not None)
