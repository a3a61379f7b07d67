"""What went wrong and what to do about it, or what went well: a line in the window that never stops the work."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from calm_studio.fields import link
from calm_studio.values import Notice


class ErrorBanner(QFrame):
    """`diagnostics_wanted` can be asked for where the error is one that nobody expected."""

    dismissed = Signal()
    diagnostics_wanted = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("banner")
        self.setAccessibleName("Message")
        self._notice: Notice | None = None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = QPushButton("\N{MULTIPLICATION X}")
        self.close_button.setAccessibleName("Dismiss the message")
        self.close_button.setToolTip("Dismiss the message")
        self.close_button.clicked.connect(self.dismissed)
        self.copy = link("Copy diagnostics", "Versions, devices and the end of the log, without paths")
        self.copy.clicked.connect(self.diagnostics_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 6, 8)
        row.addWidget(self.text, 1)
        row.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        if notice == self._notice:
            return
        self._notice = notice
        self.setVisible(notice is not None)
        if notice is not None:
            self.text.setText(f"<b>{escape(notice.message)}.</b> {escape(notice.advice)}.")
            self.copy.setVisible(notice.kind == "crash")
            self.setProperty("kind", notice.kind)
            self.style().polish(self)
