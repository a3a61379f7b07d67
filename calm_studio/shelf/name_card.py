"""A card with a name on it that can be picked: an example, a recent file, or one that is being read."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from calm_studio import theme

LOW = 32
MARGIN = 9


class NameCard(QWidget):
    """Click it, or press Enter, and it is `picked`; Backspace, and it is `removed`. A `faint` one is not
    there any more, or not yet. `note` stands at its right."""

    picked = Signal()
    removed = Signal()

    def __init__(self, name: str, note: str, tip: str, faint: bool = False):
        super().__init__()
        self._name, self._note, self._faint = name, note, faint
        self.setFixedHeight(LOW)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(", ".join(filter(None, (name, note))))
        self.setToolTip(tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_frame(painter, lit=False)
            self.paint_name(painter)

    def paint_frame(self, painter: QPainter, lit: bool) -> None:
        painter.setBrush(QColor(theme.TEAL_GROUND if lit else theme.FIELD))
        painter.setPen(QColor(theme.FOCUS if self.hasFocus() else theme.TEAL if lit else theme.LINE))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def paint_name(self, painter: QPainter) -> None:
        """The name at the left and the note at the right of the first line."""
        line = QRectF(MARGIN, 8, self.width() - 2 * MARGIN, 16)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(self, 12))
        painter.setPen(QColor(theme.MUTED))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, self._note)
        room = line.width() - painter.fontMetrics().horizontalAdvance(self._note) - MARGIN
        bold = theme.font(self, 12)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(QColor(theme.FAINT if self._faint else theme.TEXT))
        name = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, name)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.picked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit()
        elif event.key() == Qt.Key.Key_Backspace:
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)
