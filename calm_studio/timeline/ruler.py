"""The ruler above the lanes, in seconds and, where they are known, in bars and beats."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from calm_studio import theme
from calm_studio.timeline.bars import Steady, beats_between
from calm_studio.timeline.span import Span
from calm_studio.timeline.time_drag import TimeDrag
from calm_studio.values import Selection

DECADES = (0.0001, 0.001, 0.01, 0.1)
STEPS = (*(decade * part for decade in DECADES for part in (1, 2, 5)), 1, 2, 5, 10, 15, 30, 60, 120, 300)
ROOM = 46
"""Pixels a label needs."""
HEIGHT = 34
BARS = 12
"""Pixels from the top in which bars lie."""


def step_for(span: Span, width: int) -> float:
    """The smallest round number of seconds between labels that leaves them readable."""
    return next((step for step in STEPS if step / span.seconds * width >= ROOM), STEPS[-1])


def label(seconds: float, step: float) -> str:
    """2.0 -> "2s"; from one minute on "1:02"; as many decimals as `step` has."""
    decimals = 0 if step >= 1 else len(f"{step:g}") - 2
    if seconds < 60:
        return f"{seconds:.{decimals}f}s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f}:{rest:0{3 + decimals if decimals else 2}.{decimals}f}"


class Ruler(QWidget):
    """Click to move the cursor, drag to mark a part, double-click to see everything."""

    sought = Signal(float)
    marked = Signal(float, float)
    fit_wanted = Signal()

    def __init__(self):
        super().__init__()
        self._span = Span(0.0, 1.0)
        self._selection: Selection | None = None
        self._bars: tuple[Steady, ...] = ()
        self._drag = TimeDrag()
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Ruler in seconds and bars")
        self.setToolTip("Click to go there, drag to select, double-click to see everything")

    def show_span(self, span: Span) -> None:
        if span != self._span:
            self._span = span
            self.update()

    def show_selection(self, selection: Selection | None) -> None:
        if selection != self._selection:
            self._selection = selection
            self.update()

    def show_bars(self, bars: tuple[Steady, ...]) -> None:
        if bars != self._bars:
            self._bars = bars
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._selection is not None:
                left, right = (self._span.x(at, self.width()) for at in (self._selection.start, self._selection.stop))
                painter.fillRect(QRectF(left, 0, right - left, self.height()), theme.see_through(theme.BLUE, 60))
            self._paint_bars(painter)
            self._paint_seconds(painter)

    def _paint_bars(self, painter: QPainter) -> None:
        painter.setFont(theme.font(self, 10))
        for beat in beats_between(self._bars, self._span.start, self._span.stop, self.width()):
            x = round(self._span.x(beat.seconds, self.width()))
            painter.setPen(QColor(theme.BLUE) if beat.begins else QColor(theme.FAINT))
            painter.drawLine(x, 0, x, BARS - 3 if beat.begins else 3)
            if beat.bar is not None:
                painter.drawText(QRectF(x + 4, -1, ROOM, BARS), Qt.AlignmentFlag.AlignLeft, str(beat.bar))

    def _paint_seconds(self, painter: QPainter) -> None:
        painter.setFont(theme.font(self, 11))
        step = step_for(self._span, self.width())
        tick = int(self._span.start / step)
        while tick * step <= self._span.stop:
            x = self._span.x(tick * step, self.width())
            painter.setPen(QColor(theme.FAINT))
            painter.drawLine(round(x), HEIGHT - 11, round(x), HEIGHT - 1)
            painter.setPen(QColor(theme.MUTED))
            words = label(tick * step, step)
            if x + 4 + painter.fontMetrics().horizontalAdvance(words) <= self.width():
                painter.drawText(QRectF(x + 4, BARS + 2, ROOM + 20, 16), Qt.AlignmentFlag.AlignLeft, words)
            tick += 1

    def _time(self, x: float) -> float:
        return self._span.time(min(max(x, 0), self.width()), self.width())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        self._drag.begin(x, self._time(x))
        self.sought.emit(self._time(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        span = self._drag.span(x, self._time(x))
        if span is not None:
            self.marked.emit(*span)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag.end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit_wanted.emit()
