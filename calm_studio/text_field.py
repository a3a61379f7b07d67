"""The field in which the music is described, and the button that begins from that alone."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from calm_studio.fields import heading, link, row
from calm_studio.values import State
from engine.events import ModelReady

EXAMPLE = "warm lo-fi keys, brushed drums, slow and hazy"
TIP = "Style, instruments, tempo, mood: any words. How firmly they are followed is the knob Text strength"


class _Edit(QPlainTextEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        """Tab is the window's: left to itself it would go where Qt's own order leads."""
        tab = event.type() == QEvent.Type.ShortcutOverride and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return False if tab else super().event(event)


class TextField(QWidget):
    """`changed` fires when another text stands there, `left` when it lost the keyboard, `alone_pressed` when a take is
    to be written from it alone."""

    changed = Signal()
    left = Signal()
    alone_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.edit = _Edit()
        self.edit.setPlaceholderText(EXAMPLE)
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(52)
        self.edit.setAccessibleName("Describe the music (optional)")
        self.alone = link("Begin from this", "Write a take from these words alone, without a clip")
        title = row(heading("DESCRIBE (OPTIONAL)"), self.alone)
        title.layout().setAlignment(self.alone, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.edit)
        self.edit.textChanged.connect(self._on_changed)
        self.edit.left.connect(self.left)
        self.alone.clicked.connect(self.alone_pressed)
        self.show_off(None)

    @property
    def text(self) -> str:
        """ "" while texts cannot be followed."""
        return self.edit.toPlainText().strip() if self.edit.isEnabled() else ""

    def show_text(self, text: str) -> None:
        if text != self.edit.toPlainText():
            self.edit.setPlainText(text)

    def show_state(self, state: State) -> None:
        self.show_off(state.model.text_off if isinstance(state.model, ModelReady) else None)

    def show_off(self, reason: str | None) -> None:
        """`reason` says why texts cannot be followed here; None where they can."""
        self.edit.setEnabled(reason is None)
        self.edit.setToolTip(TIP if reason is None else f"Text is off: {reason}")
        self.edit.setPlaceholderText(EXAMPLE if reason is None else f"Text is off: {reason}")
        self.alone.setEnabled(bool(self.text))

    def _on_changed(self) -> None:
        self.alone.setEnabled(bool(self.text))
        self.changed.emit()
