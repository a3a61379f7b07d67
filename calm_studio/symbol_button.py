"""A button with a drawn symbol in place of words; it follows the theme."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from calm_studio import theme
from calm_studio.icons import SIZE, symbol


class SymbolButton(QPushButton):
    """Square, `side` pixels wide, its symbol `pixels` high; `name` is one of `calm_studio.icons`, `words` say what it
    does, as tooltip and as name for screen readers."""

    def __init__(self, name: str, words: str, side: int, pixels: int):
        super().__init__()
        self.setFixedSize(QSize(side, side))
        self._pixels = pixels
        self._shown = ("", "")
        self.show_symbol(name, "TEXT")
        self.show_words(words)

    def show_symbol(self, name: str, colour: str) -> None:
        """`colour` is the name of one of the theme's."""
        if (name, colour) != self._shown:
            self._shown = name, colour
            self.update()

    def show_words(self, words: str) -> None:
        self.setToolTip(words)
        self.setAccessibleName(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            place = QRectF(0, 0, self._pixels, self._pixels)
            place.moveCenter(QRectF(self.rect()).center())
            painter.translate(place.topLeft())
            painter.scale(self._pixels / SIZE, self._pixels / SIZE)
            name, colour = self._shown
            painter.fillPath(symbol(name), QColor(theme.named(colour if self.isEnabled() else "FAINT")))
