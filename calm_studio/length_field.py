"""How long the continuation is to be: in seconds, or in bars where the tempo is known."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QHBoxLayout

from calm_studio.fields import link
from calm_studio.plan import Length
from engine.request import MAX_SECONDS

SHORTEST = 1.0
"""Seconds."""


class LengthField(QFrame):
    """A number, and beside it the same length in the other unit: press that to count in it. `changed` is for another
    choice, not for what becomes of it where a bar is longer."""

    changed = Signal()

    def __init__(self, seconds: float):
        super().__init__()
        self.setObjectName("field")
        self._bar: float | None = None
        self._in_bars = False
        self.number = QDoubleSpinBox()
        self.number.setMinimumWidth(60)
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setAccessibleName("Length of the continuation")
        self.number.setToolTip("How much Continue writes")
        self.other = link("", "Count in the other unit: bars or seconds")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 10, 0)
        layout.setSpacing(6)
        layout.addWidget(self.number, 1)
        layout.addWidget(self.other)
        self._show_unit(seconds)
        self.number.valueChanged.connect(self._on_changed)
        self.other.clicked.connect(self._on_other)

    @property
    def seconds(self) -> float:
        value = self.number.value()
        return min(value * self._bar, MAX_SECONDS) if self._in_bars else value

    @property
    def length(self) -> Length:
        return Length(self.number.value(), self._in_bars)

    def show_length(self, length: Length) -> None:
        """Bars need a beat: without one nothing changes."""
        if self._bar is not None or not length.in_bars:
            self._in_bars = length.in_bars
            self._show_unit(length.amount * (self._bar if length.in_bars else 1.0))

    def set_seconds(self, seconds: float) -> None:
        """Count in seconds from now on."""
        self._in_bars = False
        self._show_unit(seconds)
        self.changed.emit()

    def show_bar(self, seconds: float | None) -> None:
        """How long a bar is: a number of bars stays that number. None, where there is no beat, means seconds."""
        if seconds == self._bar:
            return
        before, bars = self.seconds, self.number.value()
        self._bar = seconds
        if seconds is None:
            self._in_bars = False
        self._show_unit(bars * seconds if self._in_bars else before)

    def _on_other(self) -> None:
        before = self.seconds
        self._in_bars = not self._in_bars
        self._show_unit(before)
        self.changed.emit()

    def _show_unit(self, seconds: float) -> None:
        """Count in the unit that is set, and show about so many seconds, without a signal."""
        unit = self._bar if self._in_bars else 1.0
        self.number.blockSignals(True)
        self.number.setDecimals(0 if self._in_bars else 1)
        self.number.setRange(1.0 if self._in_bars else SHORTEST, max(1.0, MAX_SECONDS // unit))
        self.number.setSuffix(" bars" if self._in_bars else " s")
        self.number.setValue(max(1.0, round(seconds / unit)) if self._in_bars else seconds)
        self.number.blockSignals(False)
        self._show_other()

    def _show_other(self) -> None:
        self.other.setVisible(self._bar is not None)
        if self._bar is not None:
            self.other.setText(f"{self.seconds:.1f} s" if self._in_bars else f"{self.seconds / self._bar:.1f} bars")

    def _on_changed(self) -> None:
        self._show_other()
        self.changed.emit()
