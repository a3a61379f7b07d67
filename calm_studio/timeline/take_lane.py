"""One take: the prompt's part teal, the continuation amber and growing while it is written."""

from html import escape

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel

from calm_studio import theme
from calm_studio.drag_out import DragHandle
from calm_studio.timeline.lane import HEADER, WaveLane
from calm_studio.timeline.waveform import Waveform
from calm_studio.values import Lane, Scores
from engine.take import Take

SMALL = 92
NARROW = 620
"""Pixels below which a header leaves out what the controls were."""
STATES = {"writing": "generating\N{HORIZONTAL ELLIPSIS}", "finished": "", "stopped": "stopped", "failed": "failed"}


class TakeLane(WaveLane):
    """Shows `lane`; pull `refresh` regularly, it paints again only what was written since.

    `menu_wanted` carries the second of the timeline that was clicked, and where that is on the screen.
    """

    menu_wanted = Signal(float, QPoint)

    def __init__(self, lane: Lane):
        super().__init__(theme.AMBER, SMALL)
        self.take = lane.take
        self._lane = lane
        self._offset = lane.offset
        self._painted = (lane.take.written, lane.take.state)
        colours = (theme.TEAL_WAVE, theme.AMBER_DIM, theme.AMBER_WAVE)
        self._waveform = Waveform(self.take.peaks, self.take.rate, lane.offset, colours)
        self.scores = QLabel()
        self.scores.setObjectName("scores")
        self.drag = DragHandle(f"{lane.name} out as a WAV file")
        self.header.addWidget(self.scores)
        self.header.addWidget(self.drag)
        self.setAccessibleName(lane.name)
        self.show_lane(lane)

    def show_lane(self, lane: Lane) -> None:
        self.title.setText(describe(lane, theme.AMBER if self.lit else theme.TEXT, brief=self.width() < NARROW))
        self.scores.setText(score_words(lane.scores))
        self.scores.setToolTip(score_tip(lane.scores))
        if lane.loop is not self._lane.loop:
            self.update()
        self._lane = lane

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_lane(self._lane)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.time(event.pos().x()), event.globalPos())

    def _x_of(self, sample: int) -> float:
        return self.x(self._offset + sample / self.take.rate)

    def paint_sound(self, painter: QPainter, rect: QRect) -> None:
        take, start, cut = self.take, self._x_of(0), self._x_of(self.take.cut)
        if self.lit:
            human = self._x_of(self._lane.human)
            painter.fillRect(QRectF(start, rect.top(), human - start, rect.height()), QColor(theme.TEAL_GROUND))
            middle = rect.top() + rect.height() / 2
            painter.setPen(QColor(theme.LINE))
            painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        painter.setOpacity(1.0 if self.lit else 0.6)
        edges = (self._lane.human, take.cut)
        self._waveform.draw(painter, rect, self.span, take.written, edges, folded=not self.lit)
        if self._lane.branch:
            self._paint_branch(painter, cut)
        if self.lit:
            self.paint_marker(painter, cut, theme.TEAL, Qt.PenStyle.DashLine)
            self.paint_caption(painter, cut, "prompt \N{RIGHTWARDS ARROW}", theme.TEAL, to_the_left=cut - start > 70)
        if self.lit and self._lane.loop:
            self._paint_loop(painter, rect)
        if take.state == "writing":
            self._paint_writing_edge(painter)

    def _paint_branch(self, painter: QPainter, x: float) -> None:
        """A ring on a dotted line, where the other take was left."""
        self.paint_marker(painter, x, theme.VIOLET, Qt.PenStyle.DotLine)
        painter.setPen(QPen(QColor(theme.VIOLET), 2))
        painter.setBrush(QColor(theme.PANEL))
        painter.drawEllipse(QPointF(x, HEADER + (self.height() - HEADER) / 2), 5, 5)

    def _paint_loop(self, painter: QPainter, rect: QRect) -> None:
        """A bar above what is repeated."""
        loop = self._lane.loop
        left, right = self._x_of(loop.start), self._x_of(loop.stop)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.GREEN))
        painter.drawRoundedRect(QRectF(left, rect.top(), right - left, 3), 1.5, 1.5)

    def _paint_writing_edge(self, painter: QPainter) -> None:
        edge = self._x_of(self.take.written)
        self.paint_marker(painter, edge, theme.AMBER, Qt.PenStyle.SolidLine, 1.6)
        if self.take.written > self.take.cut:
            seconds = self._offset + self.take.written / self.take.rate
            near_the_end = edge > self.width() - 110
            self.paint_caption(painter, edge, f"writing {seconds:.1f} s", theme.AMBER, to_the_left=near_the_end)


def describe(lane: Lane, colour: str, brief: bool = False) -> str:
    """The header of a take: name in `colour`, sampler, temperatures, seed, origin and what is happening to it; the
    controls are left out if `brief`."""
    take, controls = lane.take, lane.take.request.controls
    how = [
        f"TrigFlow {controls.steps}" if controls.sampler == "trigflow" else f"{controls.steps}-step",
        f"temp {_temperatures(take)}",
    ]
    parts = [
        f"<b style='color:{colour}'>{lane.name}</b>",
        *([] if brief else how),
        f"seed {take.request.seed}",
        f"<span style='color:{theme.VIOLET}'>{origin_words(lane)}</span>" if origin_words(lane) else "",
        STATES[take.state],
    ]
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)


def origin_words(lane: Lane) -> str:
    """Where a take comes from that was not continued from the shelf."""
    if lane.note or lane.branch is None:
        return escape(lane.note)
    return f"branched from {lane.branch.lane.removeprefix('Take ')} at {lane.branch.seconds:.1f} s"


def score_words(scores: Scores | None) -> str:
    """Such as "seam 92 \N{MIDDLE DOT} like prompt 61 \N{MIDDLE DOT} like training 12"."""
    if scores is None:
        return ""
    parts = [f"seam {scores.seam.total:.0f}"]
    if scores.to_prompt is not None:
        parts.append(f"like prompt {scores.to_prompt:.0f}")
    if scores.to_training is not None:
        parts.append(f"like training {scores.to_training:.0f}")
    return " \N{MIDDLE DOT} ".join(parts)


def score_tip(scores: Scores | None) -> str:
    if scores is None:
        return ""
    seam = scores.seam
    beat = "beat not known" if seam.beat_phase is None else f"beat off by {seam.beat_phase:.2f} (0 to 2)"
    lines = [
        "Seam: 100 as where real music is cut, 0 as where another song sets in",
        f"level changes by {seam.level:.1f} dB, spectrum by {seam.spectrum:.1f} dB, {beat}",
    ]
    if scores.to_prompt is not None:
        lines.append("Like prompt: 100 where all of it is in the prompt, 0 as for another song")
    if scores.to_training is not None:
        lines.append("Like training: 100 for a copy of a training song, 0 as for music the model never heard")
    return "\n".join(lines)


def _temperatures(take: Take) -> str:
    """The first and the last temperature that was in effect: "0.82\N{RIGHTWARDS ARROW}1.05"."""
    changes = take.history.changes
    first = changes[0][1].temperature if changes else take.request.controls.temperature
    last = changes[-1][1].temperature if changes else first
    return f"{first:.2f}" if first == last else f"{first:.2f}\N{RIGHTWARDS ARROW}{last:.2f}"
