"""The dashed invitation under the clips; the whole window takes drops."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from calm_studio import theme
from calm_studio.fields import link


class DropZone(QFrame):
    browse_pressed = Signal()
    record_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setFixedHeight(70)
        text = QLabel("Drop audio or MIDI here")
        text.setObjectName("muted")
        browse = link("Browse\N{HORIZONTAL ELLIPSIS}", "Open audio or MIDI files (Ctrl+O)")
        self.record = link("Record", "Record from a microphone or an instrument (Ctrl+R)")
        browse.clicked.connect(self.browse_pressed)
        self.record.clicked.connect(self.record_pressed)
        words = QHBoxLayout()
        words.setSpacing(2)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for widget in (_muted("or"), browse, _muted("\N{MIDDLE DOT}"), self.record):
            words.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 12, 6, 10)
        layout.setSpacing(2)
        layout.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(words)
        self.setToolTip("Drop files, or folders, whose audio is then found, anywhere on the window")

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.FAINT), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("muted")
    return label
