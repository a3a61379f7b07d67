"""One knob over time, under the selected take: as it was moved, and as it is to be moved when that is made again."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from calm_studio import theme
from calm_studio.moves import Knob, Moves, Points, points_of
from calm_studio.timeline.frame_clock import FrameClock, clock_of
from calm_studio.timeline.span import Span
from calm_studio.values import Lane

HEIGHT = 70
TOP, BOTTOM = 22, 9
"""Pixels above and below the curve."""


class StripView(QWidget):
    """Draws it, with the points that are `chosen`, by their frames."""

    def __init__(self, knob: Knob):
        super().__init__()
        self.knob, self.span = knob, Span(0.0, 1.0)
        self.chosen: frozenset[int] = frozenset()
        self.box: QRectF | None = None
        self._lane: Lane | None = None
        self.clock: FrameClock | None = None
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(f"{knob.name} over time")

    @property
    def moves(self) -> Moves:
        """As they are edited, or else as they were."""
        return self._made_and_wanted()[1]

    def _made_and_wanted(self) -> tuple[Moves, Moves]:
        """As they were, and as they are edited. While the take is written that can change at any time, and be nothing
        for a moment, when it goes back to its first frame."""
        made = () if self._lane is None else self._lane.take.history.changes
        return made, made if self._lane is None else self._lane.moves or made

    @property
    def editable(self) -> bool:
        return self.clock is not None and self._lane.take.state != "writing"

    def moved(self, lane: Lane) -> bool:
        """Whether the knob was not the same throughout, or is not to be."""
        return any(len(points_of(moves, self.knob)) > 1 for moves in (lane.take.history.changes, lane.moves or ()))

    def show_span(self, span: Span) -> None:
        self.span = span
        self.update()

    def show_lane(self, lane: Lane) -> None:
        """Nothing is drawn until its first frame is made."""
        if self._lane is None or lane.take is not self._lane.take:
            self.chosen = frozenset()
        self._lane, self.clock = lane, clock_of(lane) if lane.take.history.changes else None
        self.chosen &= {frame for frame, _ in points_of(self.moves, self.knob)}
        self.update()

    def x(self, frame: int) -> float:
        return self.span.x(self.clock.seconds(frame), self.width())

    def y(self, value: float) -> float:
        return TOP + (1 - self.knob.share(value)) * (HEIGHT - TOP - BOTTOM)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(theme.FOCUS if self.hasFocus() else theme.LINE))
            painter.setBrush(QColor(theme.PANEL))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            edited = self._lane is not None and self._lane.moves is not None
            colour = QColor(theme.named(self.knob.colour))
            painter.setFont(theme.font(self, 12))
            painter.setPen(colour)
            painter.drawText(9, 17, f"{self.knob.name} ({'edited' if edited else 'live'})")
            made, points = map(self._points_there, self._made_and_wanted())
            if made:
                if edited:
                    faint = QPen(QColor(theme.FAINT), 1.5, Qt.PenStyle.DashLine)
                    self._paint_curve(painter, made, faint)
                self._paint_curve(painter, points, QPen(colour, 2))
                self._paint_points(painter, points, colour)
            if self.box is not None:
                painter.fillRect(self.box, theme.see_through(theme.BLUE, 60))

    def _points_there(self, moves: Moves) -> Points:
        """Those in frames that are there: a file may hold less than was made."""
        count = 0 if self.clock is None else self.clock.count
        return tuple(point for point in points_of(moves, self.knob) if point[0] < count)

    def _paint_curve(self, painter: QPainter, points: Points, pen: QPen) -> None:
        """Steps, from each point to the next."""
        corners = []
        for (frame, value), after in zip(points, (*points[1:], (self.clock.count, 0.0)), strict=True):
            corners += [QPointF(self.x(frame), self.y(value)), QPointF(self.x(after[0]), self.y(value))]
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(corners))

    def _paint_points(self, painter: QPainter, points: Points, colour: QColor) -> None:
        """Where it can be edited all of them; the value at the end, and of what is chosen."""
        painter.setFont(theme.font(self, 11))
        for frame, value in points if self.editable else ():
            at, chosen = QPointF(self.x(frame), self.y(value)), frame in self.chosen
            painter.setPen(QPen(QColor(theme.TEXT), 1.5) if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(at, 4.5 if chosen else 3, 4.5 if chosen else 3)
            if chosen and len(self.chosen) == 1:
                self._paint_value(painter, at, value)
        last = QPointF(self.x(self.clock.count), self.y(points[-1][1]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(last, 4, 4)
        painter.setPen(colour)
        if points[-1][0] not in self.chosen:
            self._paint_value(painter, last, points[-1][1])

    def _paint_value(self, painter: QPainter, at: QPointF, value: float) -> None:
        painter.setPen(QColor(theme.TEXT))
        left = at.x() + 8 if at.x() + 48 < self.width() else at.x() - 48
        painter.drawText(QPointF(left, min(max(at.y() + 4, 14), HEIGHT - 4)), f"{value:{self.knob.form}}")
