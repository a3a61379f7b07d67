"""What lies over the window until it is closed, and blocks nothing: the keys, the command palette, the preferences."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget
from shiboken6 import isValid

MARGIN = 12
"""Pixels of the window that stay free around it."""


class Sheet(QFrame):
    """Opened, it takes the keyboard to `first`; closed, it gives it back."""

    def __init__(self, parent: QWidget, name: str):
        super().__init__(parent)
        self.setObjectName("popover")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.first: QWidget = self
        self._before: QWidget | None = None
        self.hide()

    def toggle(self) -> None:
        if self.isVisible():
            self.leave()
        else:
            self.open()

    def open(self) -> None:
        self._before = self.window().focusWidget()
        self.show()
        self.place()
        self.raise_()
        self.first.setFocus()

    def leave(self) -> None:
        self.hide()
        if self._before is not None and isValid(self._before):
            self._before.setFocus()

    def place(self) -> None:
        """In the middle of the window, and not larger than it."""
        room = self.parentWidget().rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        wanted = self.sizeHint()
        if wanted.width() > room.width():  # words are wrapped, and take more lines
            wanted = room.size()
        self.resize(wanted.boundedTo(room.size()))
        self.move(room.center() - self.rect().center())


class Scrolled(QScrollArea):
    """As large as what it holds where there is room; else it can be scrolled up and down, by keys too."""

    def __init__(self, content: QWidget):
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        return self.widget().sizeHint() + QSize(self.verticalScrollBar().sizeHint().width(), 0)
