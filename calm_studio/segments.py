"""A row of exclusive choices that touch each other."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton

from calm_studio import theme

TALL, LOW = 40, 26
NARROWEST = 30


class SegmentButton(QPushButton):
    """One of the choices; with a small second line, or without."""

    def __init__(self, text: str, small: str, last: bool):
        super().__init__()
        self.setObjectName("segment")
        self.setCheckable(True)
        self.setProperty("last", "true" if last else "false")
        self._text = text
        self.setFixedHeight(TALL if small else LOW)
        self.setMinimumWidth(NARROWEST)
        self.show_small(small)

    def show_small(self, small: str) -> None:
        """Write another second line."""
        self.setAccessibleName(f"{self._text} {small}".strip())
        self._lines = ((self._text, 12, 5), (small, 10, 21)) if small else ((self._text, 12, 5),)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            colour = theme.AMBER if self.isChecked() else theme.MUTED
            painter.setPen(QColor(colour if self.isEnabled() else theme.FAINT))
            for text, pixels, top in self._lines:
                paint_words(painter, text, pixels, self.isChecked(), QRectF(0, top, self.width(), pixels + 4))


class Segments(QFrame):
    """`picked` carries the index of the choice that was clicked; `words` are (text, small second line or "")."""

    picked = Signal(int)

    def __init__(self, words: tuple[tuple[str, str], ...]):
        super().__init__()
        self.setObjectName("segments")
        self.group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for index, (text, small) in enumerate(words):
            button = SegmentButton(text, small, last=index == len(words) - 1)
            self.group.addButton(button, index)
            row.addWidget(button, 1)
        self.group.idClicked.connect(self.picked)

    @property
    def choice(self) -> int:
        return self.group.checkedId()

    def show_choice(self, index: int) -> None:
        self.group.button(index).setChecked(True)


def paint_words(painter: QPainter, text: str, pixels: int, bold: bool, rect: QRectF) -> None:
    """Centre `text` in `rect` in a font `pixels` high."""
    font = painter.font()
    font.setPixelSize(pixels)
    font.setWeight(font.Weight.DemiBold if bold else font.Weight.Normal)
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
