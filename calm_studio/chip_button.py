"""A chip that can be pressed."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy


class ChipButton(QPushButton):
    """`words` show rich text, which a button cannot. `name` is for screen readers, `tip` says what a press does."""

    def __init__(self, name: str, tip: str):
        super().__init__()
        self.setObjectName("chip")
        self.setAutoDefault(True)  # Enter presses it; Space is for playing
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.words = QLabel()
        self.words.setObjectName("chipWords")
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 5)
        row.addWidget(self.words)

    def show_words(self, words: str) -> None:
        if words != self.words.text():
            self.words.setText(words)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return self.layout().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
