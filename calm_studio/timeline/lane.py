"""What the prompt lane and the take lanes share: a header line, a waveform, a cursor, and the mouse."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from calm_studio import theme
from calm_studio.timeline.span import Span

HEADER = 26
LARGE = 216
LARGEST = 400


class WaveLane(QWidget):
    """One lane on the ruler. `lit` lanes are selected: large, bordered in `accent`, one band for each channel.

    Others are `small` pixels high. Subclasses paint the sound in `paint_sound`. Positions are seconds on the timeline.
    """

    sought = Signal(float)
    double_clicked = Signal(float)
    wheeled = Signal(QWheelEvent)

    def __init__(self, accent: str, small: int):
        super().__init__()
        self.small = small
        self.accent = accent
        self.lit = False
        self.span = Span(0.0, 1.0)
        self._cursor: float | None = None
        self.title = QLabel(self)
        self.title.setObjectName("muted")
        self.header = QHBoxLayout()
        self.header.setContentsMargins(9, 4, 8, 0)
        self.header.setSpacing(6)
        self.header.addWidget(self.title, 1)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.header)
        layout.addStretch(1)
        self._limit_height()

    def sizeHint(self) -> QSize:
        return QSize(400, LARGE if self.lit else self.small)

    def set_lit(self, lit: bool) -> None:
        self.lit = lit
        self._limit_height()
        self.update()

    def _limit_height(self) -> None:
        self.setMinimumHeight(LARGE if self.lit else self.small)
        self.setMaximumHeight(LARGEST if self.lit else self.small)
        self.updateGeometry()

    def show_span(self, span: Span) -> None:
        if span != self.span:
            self.span = span
            self.update()

    def show_cursor(self, seconds: float | None) -> None:
        """Move the cursor line; only the pixels under the old and the new one are painted again."""
        if seconds == self._cursor:
            return
        for each in (self._cursor, seconds):
            if each is not None:
                self.update(QRect(round(self.x(each)) - 8, 0, 17, self.height()))
        self._cursor = seconds

    @property
    def sound_rect(self) -> QRect:
        """Where the waveform is: the lane without its header and border."""
        return QRect(0, HEADER, self.width(), self.height() - HEADER - 1)

    def x(self, seconds: float) -> float:
        return self.span.x(seconds, self.width())

    def time(self, x: float) -> float:
        return self.span.time(x, self.width())

    def paint_sound(self, painter: QPainter, rect: QRect) -> None:
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.PANEL))
        painter.drawRoundedRect(frame, 6, 6)
        painter.save()
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        self.paint_sound(painter, self.sound_rect)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self.accent if self.lit else theme.LINE))
        painter.drawRoundedRect(frame, 6, 6)
        if self._cursor is not None:
            self._paint_cursor(painter, self.x(self._cursor))

    def paint_caption(self, painter: QPainter, x: float, text: str, colour: str, to_the_left: bool = False) -> None:
        """Write `text` at the bottom of the lane, beginning (or ending) at pixel `x`."""
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if to_the_left else Qt.AlignmentFlag.AlignLeft
        room = QRectF(x - 308 if to_the_left else x + 8, self.height() - 21, 300, 16)
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)

    def paint_marker(self, painter: QPainter, x: float, colour: str, style: Qt.PenStyle, width: float = 1.0) -> None:
        """An upright line at pixel `x` over the whole waveform; in the middle of a pixel, so that it is sharp."""
        x = math.floor(x) + 0.5
        painter.setPen(QPen(QColor(colour), width, style))
        painter.drawLine(QPointF(x, HEADER), QPointF(x, self.height() - 1))

    def _paint_cursor(self, painter: QPainter, x: float) -> None:
        self.paint_marker(painter, x, "#ffffff", Qt.PenStyle.SolidLine, 1.4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff"))
        painter.drawPolygon(QPolygonF([QPointF(x - 5, HEADER), QPointF(x + 5, HEADER), QPointF(x, HEADER + 7)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.sought.emit(self.time(event.position().x()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(self.time(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            self.wheeled.emit(event)
        else:
            event.ignore()
