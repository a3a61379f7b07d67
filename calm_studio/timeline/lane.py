"""What the prompt lane and the take lanes share: a header line, a waveform, a cursor, and the mouse."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from calm_studio import theme
from calm_studio.bridge import Background
from calm_studio.timeline.mark_button import MarkButton
from calm_studio.timeline.span import Span
from calm_studio.timeline.spectrogram import Spectrogram
from calm_studio.timeline.time_drag import TimeDrag
from calm_studio.values import Selection

HEADER = 26
LARGE = 216
LARGEST = 400
GRIP = 7
"""Pixels on either side of an edge where the mouse takes hold of it."""


class WaveLane(QWidget):
    """One lane on the ruler. `lit` lanes are selected: large, bordered in the colour called `accent`, with one band for
    each channel.

    Others are `small` pixels high. Subclasses paint the sound in `paint_sound`. Positions are seconds on the timeline.
    A click seeks; a drag marks a part (`marked` from where to where), whose edges can be dragged on; a click with Shift
    asks for the marking to be `extended` to there.
    """

    sought = Signal(float)
    marked = Signal(float, float)
    extended = Signal(float)
    double_clicked = Signal(float)
    spectrum_clicked = Signal()

    def __init__(self, accent: str, small: int):
        super().__init__()
        self.small = small
        self.accent = accent
        self.lit = False
        self.span = Span(0.0, 1.0)
        self._cursor: float | None = None
        self._selection: Selection | None = None
        self._selection_words = ""
        self._drag = TimeDrag()
        self.spectrogram: Spectrogram | None = None
        self.spectrum = MarkButton(self.spectrum_clicked)
        self.setMouseTracking(True)
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
        self._show_spectrum()

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

    def toggle_spectrum(self, drawing: Background) -> None:
        """From the waveform to the spectrogram, which is computed by `drawing`, or back."""
        self.spectrogram = None if self.spectrogram is not None else self.make_spectrogram(drawing)
        self._show_spectrum()

    def make_spectrogram(self, drawing: Background) -> Spectrogram:
        raise NotImplementedError

    def _show_spectrum(self) -> None:
        shown = self.spectrogram is not None
        if shown:
            self.spectrogram.grown.connect(self.update)
        self.spectrum.show_mark("spectrum", shown, "Waveform (G)" if shown else "Spectrogram (G)")
        self.update()

    def show_cursor(self, seconds: float | None) -> None:
        """Move the cursor line; only the pixels under the old and the new one are painted again."""
        if seconds == self._cursor:
            return
        for each in (self._cursor, seconds):
            if each is not None:
                self.update(QRect(round(self.x(each)) - 8, 0, 17, self.height()))
        self._cursor = seconds

    def show_selection(self, selection: Selection | None, words: str) -> None:
        """`words` say how long it is."""
        if (selection, words) != (self._selection, self._selection_words):
            self._selection, self._selection_words = selection, words
            self.update()

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
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.PANEL))
            painter.drawRoundedRect(frame, 6, 6)
            painter.save()
            painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
            self.paint_sound(painter, self.sound_rect)
            if self._selection is not None:
                self._paint_selection(painter, self._selection)
            painter.restore()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(theme.named(self.accent) if self.lit else theme.LINE))
            painter.drawRoundedRect(frame, 6, 6)
            if self._cursor is not None:
                self._paint_cursor(painter, self.x(self._cursor))

    def paint_caption(self, painter: QPainter, x: float, text: str, colour: str, to_the_left: bool = False) -> None:
        """Write `text` at the bottom of the lane, beginning (or ending) at pixel `x`."""
        painter.setFont(theme.font(self, 11))
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if to_the_left else Qt.AlignmentFlag.AlignLeft
        room = QRectF(x - 308 if to_the_left else x + 8, self.height() - 21, 300, 16)
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)

    def paint_marker(self, painter: QPainter, x: float, colour: str, style: Qt.PenStyle, width: float = 1.0) -> None:
        """An upright line at pixel `x` over the whole waveform; in the middle of a pixel, so that it is sharp."""
        x = math.floor(x) + 0.5
        painter.setPen(QPen(QColor(colour), width, style))
        painter.drawLine(QPointF(x, HEADER), QPointF(x, self.height() - 1))

    def _paint_selection(self, painter: QPainter, selection: Selection) -> None:
        left, right = self.x(selection.start), self.x(selection.stop)
        painter.fillRect(QRectF(left, HEADER, right - left, self.height()), theme.see_through(theme.BLUE, 46))
        for x in (left, right):
            self.paint_marker(painter, x, theme.BLUE, Qt.PenStyle.SolidLine, 1.5)
        if self._selection_words:
            self._paint_selection_words(painter, (max(left, 0) + min(right, self.width())) / 2)

    def _paint_selection_words(self, painter: QPainter, middle: float) -> None:
        """On a ground of their own, so as to be read over any waveform; below a take's notes, within the lane."""
        painter.setFont(theme.font(self, 11))
        width = painter.fontMetrics().horizontalAdvance(self._selection_words) + 14
        left = min(max(middle - width / 2, 2), self.width() - width - 2)
        chip = QRectF(left, HEADER + 21, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.see_through(theme.GROUND, 210))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(QColor(theme.BLUE))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self._selection_words)

    def _paint_cursor(self, painter: QPainter, x: float) -> None:
        self.paint_marker(painter, x, theme.CURSOR, Qt.PenStyle.SolidLine, 1.4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.CURSOR))
        painter.drawPolygon(QPolygonF([QPointF(x - 5, HEADER), QPointF(x + 5, HEADER), QPointF(x, HEADER + 7)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x, seconds = event.position().x(), self.time(event.position().x())
        opposite = self._edge_opposite(x)
        if opposite is not None:
            self._drag.begin(x, opposite, at_once=True)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.extended.emit(seconds)
        else:
            self._drag.begin(x, seconds)
            self.sought.emit(seconds)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        span = self._drag.span(x, self.time(min(max(x, 0), self.width())))
        if span is not None:
            self.marked.emit(*span)
        elif not event.buttons():
            self.show_grip(self._edge_opposite(x) is not None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag.end()

    def _edge_opposite(self, x: float) -> float | None:
        """Where the selection has its other edge, if the mouse at pixel `x` can take hold of one."""
        if self._selection is None:
            return None
        start, stop = self._selection.start, self._selection.stop
        near = {abs(x - self.x(stop)): start, abs(x - self.x(start)): stop}
        return near[min(near)] if min(near) <= GRIP else None

    def show_grip(self, shown: bool) -> None:
        """Show that an edge can be taken."""
        if shown:
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit(self.time(event.position().x()))
