"""Some commands as a menu below a button."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from calm_studio.commands import Command


class CommandMenu(QMenu):
    """Opens at once and blocks nothing; runs what is chosen on `window`."""

    def __init__(self, window: QWidget, button: QWidget, commands: Sequence[Command]):
        super().__init__(window)
        for command in commands:
            if command.run is not None and command.shown is not None:
                keys = QKeySequence(command.keys[0] if command.keys else "")
                words = f"{command.words}\t{keys.toString(QKeySequence.SequenceFormat.NativeText)}"
                self.addAction(words).triggered.connect(lambda on, run=command.run: run(window))
        self.aboutToHide.connect(self.deleteLater)
        place = button.mapToGlobal(button.rect().bottomRight())
        self.popup(place - QPoint(self.sizeHint().width(), 0))
