"""The command palette: every command by a few letters of its words, with its key beside it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from calm_studio import fuzzy, theme
from calm_studio.commands import GROUPS, Command
from calm_studio.sheet import Sheet

WIDTH, HEIGHT = 520, 380


class CommandPalette(Sheet):
    """Runs what is chosen on its window."""

    def __init__(self, window):
        super().__init__(window, "Commands")
        self.search = self.first = _Search()
        self.list = _make_list()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._fill)
        self.search.moved.connect(self._move)
        self.search.returnPressed.connect(self._run)
        self.list.itemClicked.connect(self._run)

    def open(self) -> None:
        self.search.clear()
        self._fill()
        super().open()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def _fill(self) -> None:
        self.list.clear()
        for group, command in found(self.search.text()):
            keys = QKeySequence(command.keys[0] if command.keys else "")
            item = QTreeWidgetItem([command.words, group, keys.toString(QKeySequence.SequenceFormat.NativeText)])
            item.setForeground(1, QColor(theme.MUTED))
            item.setData(0, Qt.ItemDataRole.UserRole, command)
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        self.list.setCurrentItem(self.list.topLevelItem(0))

    def _move(self, step: int) -> None:
        count = self.list.topLevelItemCount()
        if count:
            index = (self.list.indexOfTopLevelItem(self.list.currentItem()) + step) % count
            self.list.setCurrentItem(self.list.topLevelItem(index))

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.leave()
            item.data(0, Qt.ItemDataRole.UserRole).run(self.parentWidget())


def found(query: str) -> list[tuple[str, Command]]:
    """(group, command) of all commands that `query` fits, the best first; all of them for ""."""
    every = [(group, each) for group, commands in GROUPS for each in commands if each.run is not None]
    scores = [fuzzy.score(query, f"{command.words} {group}") for group, command in every]
    fitting = [(score, each) for score, each in zip(scores, every, strict=True) if score is not None]
    return [each for _, each in sorted(fitting, key=lambda pair: -pair[0])]


class _Search(QLineEdit):
    moved = Signal(int)

    def __init__(self):
        super().__init__()
        self.setPlaceholderText("Type what you want to do")
        self.setAccessibleName("Find a command")
        self.setToolTip("A few letters are enough; \N{UPWARDS ARROW} \N{DOWNWARDS ARROW} choose, Enter does it")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self.moved.emit(steps[event.key()])
        else:
            super().keyPressEvent(event)


def _make_list() -> QTreeWidget:
    """Words, group and key side by side; the keyboard stays in the field above."""
    tree = QTreeWidget()
    tree.setObjectName("commands")
    tree.setAccessibleName("Commands that fit")
    tree.setColumnCount(3)
    tree.setHeaderHidden(True)
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    tree.header().setStretchLastSection(False)
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in (1, 2):
        tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    return tree
