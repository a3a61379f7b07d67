"""One take: the prompt's part teal, the continuation amber and growing while it is written."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from calm_studio import theme
from calm_studio.drag_out import DragHandle
from calm_studio.state import Lane
from calm_studio.timeline.lane import WaveLane
from calm_studio.timeline.waveform import Waveform
from engine.take import Take

SMALL = 92
STATES = {"writing": "generating\N{HORIZONTAL ELLIPSIS}", "finished": "", "stopped": "stopped", "failed": "failed"}


class TakeLane(WaveLane):
    """Shows `lane`; pull `refresh` regularly, it paints again only what was written since."""

    def __init__(self, lane: Lane):
        super().__init__(theme.AMBER, SMALL)
        self.take = lane.take
        self._offset = lane.offset
        self._painted = (lane.take.written, lane.take.state)
        self._waveform = Waveform(self.take.peaks, self.take.rate, lane.offset, (theme.TEAL_WAVE, theme.AMBER_WAVE))
        self.drag = DragHandle(lane.name)
        self.header.addWidget(self.drag)
        self.setAccessibleName(lane.name)
        self.show_lane(lane)

    def show_lane(self, lane: Lane) -> None:
        self.title.setText(describe(lane, theme.AMBER if self.lit else theme.TEXT))

    def set_lit(self, lit: bool) -> None:
        super().set_lit(lit)
        self.drag.set_lit(lit)

    def refresh(self) -> None:
        """Paint again from the last painted sample on."""
        now = (self.take.written, self.take.state)
        if now != self._painted:
            left = int(self._x_of(self._painted[0])) - 2
            right = self.width() if now[1] != self._painted[1] else int(self._x_of(now[0])) + 120
            self._painted = now
            self.update(QRect(left, 0, right - left, self.height()))

    def _x_of(self, sample: int) -> float:
        return self.x(self._offset + sample / self.take.rate)

    def paint_sound(self, painter: QPainter, rect: QRect) -> None:
        take, start, cut = self.take, self._x_of(0), self._x_of(self.take.cut)
        if self.lit:
            painter.fillRect(QRectF(start, rect.top(), cut - start, rect.height()), QColor(theme.TEAL_GROUND))
            middle = rect.top() + rect.height() / 2
            painter.setPen(QColor(theme.LINE))
            painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        painter.setOpacity(1.0 if self.lit else 0.6)
        self._waveform.draw(painter, rect, self.span, take.written, take.cut, folded=not self.lit)
        if self.lit:
            self.paint_marker(painter, cut, theme.TEAL, Qt.PenStyle.DashLine)
            self.paint_caption(painter, cut, "prompt \N{RIGHTWARDS ARROW}", theme.TEAL, to_the_left=cut - start > 70)
        if take.state == "writing":
            self._paint_writing_edge(painter)

    def _paint_writing_edge(self, painter: QPainter) -> None:
        edge = self._x_of(self.take.written)
        self.paint_marker(painter, edge, theme.AMBER, Qt.PenStyle.SolidLine, 1.6)
        if self.take.written > self.take.cut:
            seconds = self._offset + self.take.written / self.take.rate
            near_the_end = edge > self.width() - 110
            self.paint_caption(painter, edge, f"writing {seconds:.1f} s", theme.AMBER, to_the_left=near_the_end)


def describe(lane: Lane, colour: str) -> str:
    """The header of a take: name in `colour`, sampler, temperatures, seed and what is happening to it."""
    take, controls = lane.take, lane.take.request.controls
    parts = [
        f"<b style='color:{colour}'>{lane.name}</b>",
        f"TrigFlow {controls.steps}" if controls.sampler == "trigflow" else f"{controls.steps}-step",
        f"temp {_temperatures(take)}",
        f"seed {take.request.seed}",
        STATES[take.state],
    ]
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)


def _temperatures(take: Take) -> str:
    """The first and the last temperature that was in effect: "0.82\N{RIGHTWARDS ARROW}1.05"."""
    changes = take.history.changes
    first = changes[0][1].temperature if changes else take.request.controls.temperature
    last = changes[-1][1].temperature if changes else first
    return f"{first:.2f}" if first == last else f"{first:.2f}\N{RIGHTWARDS ARROW}{last:.2f}"
