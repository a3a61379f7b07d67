"""The form of what is written next: a section, from the next bar line on, or several with their bars."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox

from calm_studio.fields import Choice
from engine.music.leadsheet import SECTIONS

AS_IT_COMES = "as it comes"
SHAPED = "A 4 | break 4 | B 8"
TIP = f"A section, from the next bar line on. Or several, with their bars from the cut on: {SHAPED}, or break 4 20%"
LONGEST = 200
"""Characters of a form."""


class FormField(Choice):
    """Sections to choose from, and room to write. `changed` fires at every change, `settled` when a section was chosen,
    or what was written is left."""

    changed = Signal()
    settled = Signal()

    def __init__(self):
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setCompleter(None)
        self.addItems((AS_IT_COMES, *SECTIONS, SHAPED))
        self.clearEditText()
        self.lineEdit().setPlaceholderText(AS_IT_COMES)
        self.lineEdit().setMaxLength(LONGEST)
        self.lineEdit().setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab stops here once
        for part in (self, self.lineEdit()):
            part.setToolTip(TIP)
            part.setAccessibleName(f"Form; empty: {AS_IT_COMES}")
        self.editTextChanged.connect(self._on_text)
        self.activated.connect(lambda: self.settled.emit())
        self.lineEdit().editingFinished.connect(self.settled)

    @property
    def words(self) -> str:
        return self.currentText().strip()

    def show_words(self, words: str) -> None:
        self.setEditText(words)

    def choose(self, section: str) -> None:
        """As if the user had chosen it; "" is as it comes."""
        self.setEditText(section)
        self.settled.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turned over by chance, it would change what is heard."""
        event.ignore()

    def _on_text(self, text: str) -> None:
        if text == AS_IT_COMES:
            self.clearEditText()
        else:
            self.changed.emit()
