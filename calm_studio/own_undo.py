"""Ctrl+Z in a field: what was typed there goes back first, as in any field; where nothing of that is left, it is the
window's."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit


class OwnUndo(QObject):
    """An event filter for `field`, which it belongs to."""

    def __init__(self, field: QLineEdit | QAbstractSpinBox | QComboBox | QPlainTextEdit):
        super().__init__(field)
        line = field.lineEdit() if isinstance(field, QAbstractSpinBox | QComboBox) else field
        self._own = line.document() if isinstance(line, QPlainTextEdit) else line

    def eventFilter(self, field: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ShortcutOverride:
            return False
        undo, redo = event.matches(QKeySequence.StandardKey.Undo), event.matches(QKeySequence.StandardKey.Redo)
        windows = (undo and not self._own.isUndoAvailable()) or (redo and not self._own.isRedoAvailable())
        if windows:
            event.ignore()
        return windows
