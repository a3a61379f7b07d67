"""A line of text that is changed in the place where it stands."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class LineEditor(QLineEdit):
    """Lies over `parent` at `rect` until Enter or a click elsewhere keeps the text, or Esc does not; then it is
    `left`, and goes."""

    kept = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget, rect: QRect, text: str, name: str, longest: int):
        super().__init__(text, parent)
        self.setObjectName("inPlace")
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setMaxLength(longest)
        self.setGeometry(rect)
        self.editingFinished.connect(lambda: self._leave(keep=True))
        self.show()
        self.setFocus()
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Esc is for this line while it is there, not for the window."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave(keep=False)
        else:
            super().keyPressEvent(event)
        event.accept()  # what it has no use for, and Enter, are not for what lies below

    def _leave(self, keep: bool) -> None:
        """Once; hiding takes the focus away, which would end it again."""
        if self.isHidden():
            return
        self.hide()
        if keep:
            self.kept.emit(self.text())
        self.left.emit()
        self.deleteLater()
