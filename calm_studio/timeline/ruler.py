"""The ruler above the lanes, in seconds."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from calm_studio import theme
from calm_studio.timeline.span import Span

STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300)
ROOM = 46
"""Pixels a label needs."""


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
    """Click to move the cursor, double-click to see everything."""

    sought = Signal(float)
    fit_wanted = Signal()

    def __init__(self):
        super().__init__()
        self._span = Span(0.0, 1.0)
        self.setFixedHeight(30)
        self.setAccessibleName("Ruler in seconds")

    def show_span(self, span: Span) -> None:
        if span != self._span:
            self._span = span
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        step = step_for(self._span, self.width())
        tick = int(self._span.start / step)
        while tick * step <= self._span.stop:
            x = self._span.x(tick * step, self.width())
            painter.setPen(QColor(theme.LINE).lighter(130))
            painter.drawLine(round(x), 18, round(x), 28)
            painter.setPen(QColor(theme.MUTED))
            words = label(tick * step, step)
            if x + 4 + painter.fontMetrics().horizontalAdvance(words) <= self.width():
                painter.drawText(QRectF(x + 4, 8, ROOM + 20, 16), Qt.AlignmentFlag.AlignLeft, words)
            tick += 1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.sought.emit(self._span.time(event.position().x(), self.width()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit_wanted.emit()
