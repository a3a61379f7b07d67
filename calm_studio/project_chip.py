"""The project in the top bar: its name, whether it is saved, and a menu with all that can be done with it."""

from datetime import datetime
from html import escape
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton

from calm_studio import theme
from calm_studio.values import Keeping

WIDEST = 200
"""Pixels of a title; the middle of a longer one is left out."""
TIP = "The project. All is kept as you go; a name and a place of your own come with Save"


class ProjectChip(QPushButton):
    """`opened` carries the folder of a recent project; `menu_wanted` asks for `show_menu` with those."""

    new_wanted = Signal()
    open_wanted = Signal()
    save_wanted = Signal()
    save_as_wanted = Signal()
    opened = Signal(object)
    menu_wanted = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("chipButton")
        self.setToolTip(TIP)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._label = QLabel()
        self._label.setObjectName("chipWords")
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 3, 9, 3)
        row.addWidget(self._label)
        self.clicked.connect(self.menu_wanted)
        self.show_keeping(Keeping())

    def show_keeping(self, keeping: Keeping) -> None:
        words = keeping_words(keeping)
        title = self.fontMetrics().elidedText(keeping.title, Qt.TextElideMode.ElideMiddle, WIDEST)
        self._label.setText(f"<b>{escape(title)}</b> <span style='color:{theme.MUTED}'>{words}</span>")
        self.setAccessibleName(f"Project {keeping.title}, {words.removeprefix(DOT)}")
        self.setMinimumSize(self.layout().sizeHint())

    def show_menu(self, recent: list[tuple[Path, float]], here: Path | None) -> QMenu:
        """The menu, with the `recent` projects, and when they were changed, but the one that is open `here`."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, keys, signal in (
            ("New project", "Ctrl+N", self.new_wanted),
            ("Open project\N{HORIZONTAL ELLIPSIS}", "Ctrl+Shift+O", self.open_wanted),
            ("Save", "Ctrl+S", self.save_wanted),
            ("Save as\N{HORIZONTAL ELLIPSIS}", "Ctrl+Shift+S", self.save_as_wanted),
        ):
            menu.addAction(f"{words}\t{keys}", signal.emit)
        others = [each for each in recent if each[0] != here]
        if others:
            menu.addSection("Recent")
        for path, changed in others:
            when = datetime.fromtimestamp(changed).strftime("%d %b, %H:%M")
            action = menu.addAction(f"{path.stem.replace('&', '&&')}\t{when}")
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.opened.emit(path))
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))
        return menu


DOT = "\N{MIDDLE DOT} "


def keeping_words(keeping: Keeping) -> str:
    """Such as "autosaved", after a dot."""
    if not keeping.saved:
        return f"{DOT}not saved yet"
    return f"{DOT}saving\N{HORIZONTAL ELLIPSIS}" if keeping.changed else f"{DOT}autosaved"
