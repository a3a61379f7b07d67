"""A number beside its slider, which can be typed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit


class ValueField(QLineEdit):
    """Enter takes what is typed, Esc takes it back; what is no number is taken back too. `typed` carries the number."""

    typed = Signal(float)

    def __init__(self, name: str):
        super().__init__()
        self._shown = ""
        self.setObjectName("value")
        self.setAccessibleName(f"{name}, typed")
        self.setToolTip(f"Type a number for {name} and press Enter")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.returnPressed.connect(self._on_return)

    def show_words(self, words: str) -> None:
        """What is being typed stays."""
        self._shown = words
        if not self.hasFocus() or not self.isModified():
            self.setText(words)

    def _on_return(self) -> None:
        try:
            value = float(self.text().replace(",", "."))
        except ValueError:
            value = None
        self.setText(self._shown)
        self.selectAll()
        if value is not None:
            self.typed.emit(value)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setText(self._shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._shown)
            self.clearFocus()
        else:
            super().keyPressEvent(event)
