"""What is painted over all lanes: lines from takes to their branches, and where a dragged take would go."""

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from calm_studio import theme
from calm_studio.edits import parent_of
from calm_studio.timeline.lane import HEADER, WaveLane
from calm_studio.values import State


class Overlay(QWidget):
    """The mouse does not feel it. Lies over the column of lanes."""

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._branches: tuple[tuple[WaveLane, WaveLane, float], ...] = ()
        self._gap: int | None = None

    @property
    def lines(self) -> list[tuple[QPointF, QPointF]]:
        """From the parent's waveform to the ring in its branch."""
        return [
            (_in_waveform(parent, seconds), _in_waveform(child, seconds)) for parent, child, seconds in self._branches
        ]

    def show_branches(self, state: State, lanes: Mapping[int, WaveLane]) -> None:
        """Of the takes in `state`, which are seen in `lanes`."""
        found = ((parent_of(state, lane.take.id), lane) for lane in state.lanes)
        branches = tuple(
            (lanes[parent], lanes[lane.take.id], lane.branch.seconds) for parent, lane in found if parent is not None
        )
        if branches != self._branches:
            self._branches = branches
            self.update()

    def show_gap(self, y: int | None) -> None:
        """Where a take would be put down; None while none is dragged."""
        if y != self._gap:
            self._gap = y
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colour = theme.see_through(theme.VIOLET, 170)
            for start, stop in self.lines:
                painter.setPen(QPen(colour, 1, Qt.PenStyle.SolidLine))
                painter.drawLine(start, stop)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawEllipse(start, 3, 3)
            if self._gap is not None:
                painter.fillRect(QRect(0, self._gap - 1, self.width(), 3), QColor(theme.AMBER))


def _in_waveform(lane: WaveLane, seconds: float) -> QPointF:
    """The middle of the waveform of `lane` at a second of the timeline, in pixels of the column; in the middle of a
    pixel, so that upright lines are sharp."""
    place = lane.geometry()
    return QPointF(math.floor(lane.x(seconds)) + 0.5, place.top() + HEADER + (place.height() - HEADER) / 2)
