"""The small buttons in the header of a take: star and mute."""

from PySide6.QtCore import Qt, Signal

from calm_studio.symbol_button import SymbolButton


class MarkButton(SymbolButton):
    def __init__(self, pressed: Signal):
        super().__init__("outline", "", side=20, pixels=14)
        self.setObjectName("mark")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(pressed)

    def show_mark(self, name: str, lit: bool, words: str) -> None:
        """`name` is that of an icon."""
        self.show_symbol(name, "AMBER" if lit and name == "star" else "MUTED" if lit else "FAINT")
        self.show_words(words)
