"""What a crash has left, offered over the window: it can be used meanwhile, and nothing is lost by not answering."""

from datetime import datetime
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from calm_studio.fields import heading
from calm_studio.sheet import Sheet
from engine.project.recovery import Left

MOST = 6
"""Takes that are named; more are only counted."""


class RecoverySheet(Sheet):
    """Each signal carries the project it is about, a `Left`."""

    recover_wanted = Signal(object)
    discard_wanted = Signal(object)

    def __init__(self, parent: QWidget):
        super().__init__(parent, "Recovery")
        self._left: tuple[Left, ...] = ()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setFixedWidth(380)
        self.takes = QGridLayout()
        self.takes.setHorizontalSpacing(24)
        self.recover, self.discard, self.later = (QPushButton(name) for name in ("Recover", "Discard", "Later"))
        self.first = self.recover
        self._build()

    def _build(self) -> None:
        self.recover.setObjectName("primary")
        for button, tip in (
            (self.recover, "Open it, with every take as far as it was written"),
            (self.discard, "Put it into the system's waste basket"),
            (self.later, "Leave it where it is: it is offered again at the next start, and is in the project menu"),
        ):
            button.setToolTip(tip)
            button.setAccessibleName(f"{button.text()} what was left")
        buttons = QHBoxLayout()
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        buttons.addWidget(self.later)
        buttons.addWidget(self.recover)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(heading("RECOVERY"))
        column.addWidget(self.words)
        column.addLayout(self.takes)
        column.addLayout(buttons)
        self.recover.clicked.connect(self._on_recover)
        self.discard.clicked.connect(self._on_discard)
        self.later.clicked.connect(self.leave)

    def show_left(self, left: tuple[Left, ...]) -> None:
        """Offer the first of what was left, if anything was; the next one comes if that is discarded."""
        self._left = left
        if not left:
            self.leave()
            return
        self.words.setText(_words(left[0], len(left) - 1))
        self._fill(left[0])
        self.discard.setVisible(not left[0].saved)
        self.open()

    def _on_recover(self) -> None:
        self.leave()
        self.recover_wanted.emit(self._left[0])

    def _on_discard(self) -> None:
        self.discard_wanted.emit(self._left[0])
        self.show_left(self._left[1:])

    def _fill(self, left: Left) -> None:
        while self.takes.count():
            label = self.takes.takeAt(0).widget()
            label.setParent(None)
            label.deleteLater()
        lines = [(take.name, f"{take.seconds:.1f} s") for take in left.takes[:MOST]]
        if len(left.takes) > MOST:
            lines.append((f"{len(left.takes) - MOST} more", ""))
        for line, (name, length) in enumerate(lines):
            self.takes.addWidget(QLabel(name), line, 0)
            label = QLabel(length)
            label.setObjectName("muted")
            self.takes.addWidget(label, line, 1, Qt.AlignmentFlag.AlignRight)


def _words(left: Left, others: int) -> str:
    when = datetime.fromtimestamp(left.when).strftime("%d %B, %H:%M:%S")
    name = f"<b>{escape(left.folder.stem)}</b>"
    count = f"{len(left.takes)} take{'s' * (len(left.takes) != 1)}" if left.takes else "no takes, but clips"
    more = f" {others} more like it: see the project menu." if others else ""
    return f"CALM Studio ended without closing {name}. All is there that was written until {when}: {count}.{more}"
