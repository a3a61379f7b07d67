"""Which controllers there are, and what was moved last, in the bottom bar."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

from calm_studio import theme

WIDEST, NARROWEST = 300, 76


class MidiChip(QPushButton):
    """Press it for a list of what is learned. Its words are cut where there is no room."""

    menu_wanted = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("midi")
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(26)
        self.setAccessibleName("MIDI controllers")
        self.setToolTip("Which controllers there are, and what their knobs do here")
        self.clicked.connect(self.menu_wanted)
        self.hide()

    def show_words(self, words: str, tip: str, lit: bool = False) -> None:
        if (words, lit, tip) != (self._words, self.property("lit") == "true", self.toolTip()):
            self._words = words
            self.setText(words)
            self.setAccessibleName(words)
            self.setToolTip(tip)
            self.setProperty("lit", "true" if lit else "false")
            self.style().polish(self)
            self.updateGeometry()
        self.show()

    def sizeHint(self) -> QSize:
        font = theme.font(self, 12)
        width = self.fontMetrics().horizontalAdvance(self._words) * 12 // max(1, font.pixelSize()) + 24
        return QSize(min(width, WIDEST), 26)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(NARROWEST, self.sizeHint().width()), 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As any button, its words cut to its width."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width() - 18)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)
