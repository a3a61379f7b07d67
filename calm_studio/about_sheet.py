"""What this is: versions, and the licences of the app, the model and all libraries."""

from html import escape

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from calm_studio import about
from calm_studio.about import Library
from calm_studio.fields import heading
from calm_studio.sheet import Scrolled, Sheet

WIDTH, HEIGHT = 460, 420


class AboutSheet(Sheet):
    """`opened` asks for `show_libraries`, `copy_wanted` for the diagnostics on the clipboard."""

    opened = Signal()
    copy_wanted = Signal()

    def __init__(self, parent: QWidget):
        super().__init__(parent, "About")
        self.words = _label()
        self.libraries = _label()
        self.libraries.setText("Looking them up\N{HORIZONTAL ELLIPSIS}")
        self.copy = self.first = _button("Copy diagnostics", "Versions, devices and the end of the log, without paths")
        self.close_button = _button("Close", "Close it (Esc)")
        self.copy.clicked.connect(self.copy_wanted)
        self.close_button.clicked.connect(self.leave)
        self._build()

    def _build(self) -> None:
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 8, 0)
        for part in (self.words, heading("LICENCES OF WHAT IS IN IT"), self.libraries):
            inside.addWidget(part)
        inside.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        area = Scrolled(content)
        area.setAccessibleName("Versions and licences")
        area.setToolTip("Arrow keys scroll it")
        for widget in (heading("ABOUT CALM STUDIO"), area):
            column.addWidget(widget)
        column.addLayout(buttons)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def open(self) -> None:
        self.opened.emit()
        super().open()

    def show_words(self, model: dict | None) -> None:
        """Of the app and of its `model`, None while there is none."""
        lines = [f"<b>CALM Studio {about.version()}</b>, {about.LICENCE}: goes on with your clip, on your own machine"]
        lines.append(" \N{MIDDLE DOT} ".join(f"{escape(name)} {escape(number)}" for name, number in about.versions()))
        if model is not None:
            lines.append(f"Model <b>{escape(model['name'])}</b>, weights: {escape(model['license'])}")
            lines.append(f"SHA-256 {escape(model['sha256'][:16])}\N{HORIZONTAL ELLIPSIS}" if model["sha256"] else "")
        self.words.setText("<br>".join(line for line in lines if line))

    def show_libraries(self, libraries: tuple[Library, ...]) -> None:
        rows = (f"<b>{escape(e.name)}</b> {escape(e.version)}: {escape(e.licence)}" for e in libraries)
        self.libraries.setText("<br>".join(rows))


def _label() -> QLabel:
    label = QLabel()
    label.setObjectName("muted")
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _button(words: str, tip: str) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAccessibleName(words)
    return button
