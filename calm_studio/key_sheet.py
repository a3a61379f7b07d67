"""The list of all keys, over the window until it is closed."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from calm_studio.commands import GROUPS, Command
from calm_studio.fields import heading
from calm_studio.sheet import Scrolled, Sheet

COLUMNS = ((0, 3), (3, 5), (5, None))
"""Which groups stand below each other."""


class KeySheet(Sheet):
    """A click hides it too; the arrow keys scroll it where the window is low."""

    def __init__(self, parent: QWidget):
        super().__init__(parent, "Keys")
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(20, 18, 12, 10)
        columns.setSpacing(28)
        for first, last in COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(6)
            for name, commands in GROUPS[first:last]:
                column.addWidget(heading(name.upper()))
                column.addWidget(_table([each for each in commands if each.how]))
            column.addStretch(1)
            columns.addLayout(column)
        self.first = Scrolled(content)
        self.first.setAccessibleName("Keys and what they do")
        self.first.setToolTip("Arrow keys scroll it, Esc closes it")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.first)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.leave()


def _table(commands: list[Command]) -> QWidget:
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 8)
    grid.setVerticalSpacing(3)
    grid.setHorizontalSpacing(14)
    for line, command in enumerate(commands):
        for column, text in enumerate((command.how, command.words)):
            label = QLabel(text)
            label.setObjectName("key" if column == 0 else "muted")
            label.setWordWrap(True)
            grid.addWidget(label, line, column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    grid.setColumnMinimumWidth(0, 96)
    grid.setColumnMinimumWidth(1, 150)
    grid.setColumnStretch(1, 1)
    return table
