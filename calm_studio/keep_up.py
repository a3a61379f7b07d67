"""The governor's switch: whether steps may be lowered while a take is heard, and how far."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSpinBox, QWidget

from engine.controls import MAX_STEPS
from engine.governor import LEAD_SECONDS, Governor

TIP = (
    "Where this machine writes more slowly than the take sounds, draw with fewer steps for a while, so that the sound\n"
    "does not break off. What was drawn with how many is kept; Render again in the take's menu draws it in full"
)


class KeepUp(QWidget):
    """`changed` carries the governor as it is to be from now on."""

    changed = Signal(Governor)

    def __init__(self):
        super().__init__()
        self._lead = LEAD_SECONDS
        self.on = QCheckBox("Keep up")
        self.on.setChecked(True)
        self.on.setToolTip(TIP)
        self.lowest = QSpinBox()
        self.lowest.setRange(1, MAX_STEPS)
        self.lowest.setPrefix("at least ")
        self.lowest.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.lowest.setAccessibleName("Lowest number of steps")
        self.lowest.setToolTip("Steps are never lowered below this")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.on, 1)
        row.addWidget(self.lowest, 1)
        self.on.toggled.connect(self.lowest.setEnabled)
        self.on.toggled.connect(self._on_edited)
        self.lowest.valueChanged.connect(self._on_edited)

    def take_over(self, on: bool, lead: float) -> None:
        """Show the switch so, and hold `lead` seconds from now on."""
        self._lead = lead
        self.on.setChecked(on)
        self._on_edited()

    @property
    def governor(self) -> Governor:
        return Governor(on=self.on.isChecked(), lead=self._lead, lowest=self.lowest.value())

    def _on_edited(self) -> None:
        self.changed.emit(self.governor)
