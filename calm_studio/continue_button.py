"""The one large button, with its shortcut in smaller letters beside the word."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from calm_studio import theme

WORDS = (("Continue", 14, QFont.Weight.Bold, "ON_FILL"), ("Ctrl+Enter", 12, QFont.Weight.Normal, "ON_FILL_DIM"))
GAP = 7


class ContinueButton(QPushButton):
    def __init__(self):
        super().__init__()
        self.setObjectName("continue")
        self.setFixedHeight(40)
        self.setAccessibleName("Continue (Ctrl+Enter)")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            fonts = [self._font(pixels, weight) for _, pixels, weight, _ in WORDS]
            widths = [QFontMetrics(font).horizontalAdvance(words[0]) for font, words in zip(fonts, WORDS, strict=True)]
            x, baseline = (self.width() - sum(widths) - GAP) // 2, self.height() // 2 + 5
            for (text, _, _, colour), font, width in zip(WORDS, fonts, widths, strict=True):
                painter.setFont(font)
                painter.setPen(QColor(theme.named(colour if self.isEnabled() else "FAINT")))
                painter.drawText(QPoint(x, baseline), text)
                x += width + GAP

    def _font(self, pixels: int, weight: QFont.Weight) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        font.setWeight(weight)
        return font
