"""The seed: a number, a button for a new one, and a lock that keeps it from take to take."""

import random

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSpinBox

from calm_studio.fields import link

LARGEST = 2**31 - 1
"""The largest number a spin box holds; the engine takes larger ones."""


def random_seed() -> int:
    """Short enough to be remembered."""
    return random.randrange(10_000)


class SeedField(QFrame):
    """Unlocked, every take gets a new seed (`advance`); locked, the same settings give the same take again. `changed`
    is for another one by hand."""

    changed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("field")
        self.number = QSpinBox()
        self.number.setRange(0, LARGEST)
        self.number.setMinimumWidth(60)  # else room is kept for the longest seed there is
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setAccessibleName("Seed")
        self.number.setToolTip("The same seed and settings give the same take again")
        self.new = link("new", "Choose another seed at random")
        self.lock = link("lock", "Keep this seed for the next take")
        self.lock.setCheckable(True)
        self.number.valueChanged.connect(self.changed)
        self.new.clicked.connect(lambda: self.number.setValue(random_seed()))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 10, 0)
        layout.setSpacing(6)
        layout.addWidget(self.number, 1)
        layout.addWidget(self.new)
        layout.addWidget(self.lock)

    @property
    def value(self) -> int:
        return self.number.value()

    def renew(self) -> None:
        """Another seed, and nothing is told of it."""
        with QSignalBlocker(self):
            self.number.setValue(random_seed())

    def advance(self) -> None:
        """A take was started with this seed: get the next one ready, unless it is locked."""
        if not self.lock.isChecked():
            self.renew()
