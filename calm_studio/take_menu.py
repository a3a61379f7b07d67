"""What can be done with a take at the place that was clicked."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget


class TakeMenu(QMenu):
    """Opens at once and blocks nothing; each signal is one of its lines."""

    branch_wanted = Signal()
    land_wanted = Signal()
    reveal_wanted = Signal()
    copy_wanted = Signal()
    export_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, parent: QWidget, where: QPoint):
        super().__init__(parent)
        for words, signal in (
            ("Branch here\tB", self.branch_wanted),
            ("Land here", self.land_wanted),
            ("", None),
            ("Copy file", self.copy_wanted),
            ("Reveal in its folder", self.reveal_wanted),
            ("Export\N{HORIZONTAL ELLIPSIS}\tCtrl+Shift+E", self.export_wanted),
            ("", None),
            ("Delete\tDel", self.delete_wanted),
        ):
            if signal is None:
                self.addSeparator()
            else:
                self.addAction(words).triggered.connect(signal)
        self.aboutToHide.connect(self.deleteLater)
        self.popup(where)
