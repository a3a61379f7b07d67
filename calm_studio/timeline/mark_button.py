"""The small buttons in the header of a take: star and mute."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton

from calm_studio import theme
from calm_studio.icons import icon


class MarkButton(QPushButton):
    def __init__(self, pressed: Signal):
        super().__init__()
        self.setObjectName("mark")
        self.setFixedSize(20, 20)
        self.setIconSize(QSize(14, 14))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(pressed)

    def show_mark(self, name: str, lit: bool, words: str) -> None:
        """`name` is that of an icon."""
        self.setIcon(icon(name, theme.AMBER if lit and name == "star" else theme.MUTED if lit else theme.FAINT))
        self.setToolTip(words)
        self.setAccessibleName(words)
