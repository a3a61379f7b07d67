"""The list of all keys, over the window until it is closed; it blocks nothing."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from calm_studio.fields import heading
from calm_studio.keys import KEYS

LEFT = 3
"""Groups in the left column."""


class KeySheet(QFrame):
    """`toggle` shows and hides it; a click hides it too."""

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self.setObjectName("popover")
        self.setAccessibleName("Keys")
        columns = QHBoxLayout(self)
        columns.setContentsMargins(20, 18, 20, 18)
        columns.setSpacing(28)
        for groups in (KEYS[:LEFT], KEYS[LEFT:]):
            column = QVBoxLayout()
            column.setSpacing(6)
            for name, keys in groups:
                column.addWidget(heading(name.upper()))
                column.addWidget(_table(keys))
            column.addStretch(1)
            columns.addLayout(column)
        self.hide()

    def toggle(self) -> None:
        self.setVisible(self.isHidden())
        self.place()
        self.raise_()

    def place(self) -> None:
        """In the middle of the window."""
        self.adjustSize()
        room = self.parentWidget().rect()
        self.move(room.center() - self.rect().center())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()


def _table(keys: tuple[tuple[str, str], ...]) -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 8)
    grid.setVerticalSpacing(3)
    grid.setHorizontalSpacing(14)
    for line, (key, words) in enumerate(keys):
        for column, text in enumerate((key, words)):
            label = QLabel(text)
            label.setObjectName("key" if column == 0 else "muted")
            grid.addWidget(label, line, column, Qt.AlignmentFlag.AlignLeft)
    grid.setColumnStretch(1, 1)
    return table
