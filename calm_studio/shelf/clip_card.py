"""A clip on the shelf: its name, length and picture, and what was heard in it. It can be dragged up and down."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QMenu

from calm_studio import theme
from calm_studio.heard_words import short_words
from calm_studio.shelf.name_card import MARGIN, NameCard
from calm_studio.timeline.span import Span
from calm_studio.timeline.waveform import Waveform
from calm_studio.values import Clip

HEIGHT = 78
CROSS = 14
TIP = "Enter uses it, Alt+\N{UPWARDS ARROW} \N{DOWNWARDS ARROW} or dragging moves it, Backspace takes it off"


class ClipCard(NameCard):
    """`stepped` carries how many places down it is to go, `dragged` and `dropped` where the mouse is, in pixels from
    the list's top."""

    stepped = Signal(int)
    dragged = Signal(int)
    dropped = Signal(int)

    def __init__(self, clip: Clip):
        super().__init__(clip.prompt.name, f"{clip.prompt.audio.seconds:.1f} s", f"{clip.prompt.name}. {TIP}")
        self.clip = clip
        self._lit = False
        self._pressed_at: QPointF | None = None
        self._waveform: Waveform | None = None
        self.setFixedHeight(HEIGHT)
        self.show_clip(clip, lit=False)

    def show_clip(self, clip: Clip, lit: bool) -> None:
        """The same sound, trimmed or heard; `lit` says that it is continued next."""
        if self._waveform is None or lit != self._lit:
            colour = "TEAL_WAVE" if lit else "FAINT"
            self._waveform = Waveform(clip.peaks, clip.prompt.audio.rate, 0.0, (colour,))
        self.clip, self._lit = clip, lit
        heard = "" if clip.heard is None else short_words(clip.heard)
        words = (clip.prompt.name, f"{clip.prompt.audio.seconds:.1f} seconds", heard, "continued next" if lit else "")
        self.setAccessibleName(", ".join(filter(None, words)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_frame(painter, self._lit)
            self.paint_name(painter)
            audio = self.clip.prompt.audio
            written = audio.samples.shape[1]
            rect = QRect(MARGIN, 27, self.width() - 2 * MARGIN, 26)
            self._waveform.draw(painter, rect, Span(0.0, audio.seconds), written, (), folded=True)
            self._paint_heard(painter)
            if self.underMouse():
                self._paint_cross(painter)

    def _paint_heard(self, painter: QPainter) -> None:
        if self.clip.heard is None:
            return
        painter.setFont(theme.font(self, 11))
        painter.setPen(QColor(theme.MUTED))
        line = QRectF(MARGIN, 56, self.width() - 2 * MARGIN - CROSS, 16)
        words = painter.fontMetrics().elidedText(
            short_words(self.clip.heard), Qt.TextElideMode.ElideRight, int(line.width())
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _cross(self) -> QRectF:
        return QRectF(self.width() - MARGIN - CROSS + 3, 57, CROSS, CROSS)

    def _paint_cross(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(theme.MUTED), 1.5))
        inside = self._cross().adjusted(3, 3, -3, -3)
        painter.drawLine(inside.topLeft(), inside.bottomRight())
        painter.drawLine(inside.topRight(), inside.bottomLeft())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        far = abs(event.position().y() - self._pressed_at.y()) >= QApplication.startDragDistance()
        if far or self.cursor().shape() == Qt.CursorShape.ClosedHandCursor:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self._in_list(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        self._pressed_at = None
        if self.cursor().shape() == Qt.CursorShape.ClosedHandCursor:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.dropped.emit(self._in_list(event))
        elif self._cross().contains(event.position()):
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def _in_list(self, event: QMouseEvent) -> int:
        return self.mapToParent(event.position().toPoint()).y()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        upright = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in upright:
            self.stepped.emit(upright[event.key()])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        for words, signal, values in (
            ("Use\tEnter", self.picked, ()),
            ("Move up\tAlt+\N{UPWARDS ARROW}", self.stepped, (-1,)),
            ("Move down\tAlt+\N{DOWNWARDS ARROW}", self.stepped, (1,)),
            ("Take off the shelf\tBackspace", self.removed, ()),
        ):
            menu.addAction(words).triggered.connect(
                lambda checked=False, emit=signal.emit, values=values: emit(*values)
            )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())
