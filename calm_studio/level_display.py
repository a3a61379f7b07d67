"""The meter, and in figures how loud that is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from calm_studio.meter import Meter, figure
from engine.metering import Reading

REFRESHES = 6
"""Between two words of the same thing: what changes five times a second can be read."""


class LevelDisplay(QWidget):
    """Loudness and true peak since playing began, or since `reset_pressed`."""

    reset_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.meter = Meter()
        self.loudness, self.peak = QLabel(), QLabel()
        self._age = REFRESHES
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        for label in (self.loudness, self.peak):
            label.setObjectName("muted")
            label.setFixedWidth(84)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            words.addWidget(label)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.meter, 1)
        row.addLayout(words)
        self.meter.clicked.connect(self._on_clicked)

    def show_figures(self, shown: bool) -> None:
        """The words of the meter tell them too."""
        self.loudness.setVisible(shown)
        self.peak.setVisible(shown)

    def show_reading(self, reading: Reading) -> None:
        """Called once per refresh."""
        self.meter.show_reading(reading)
        self._age += 1
        if self._age >= REFRESHES:
            self._age = 0
            self._tell(reading)

    def _tell(self, reading: Reading) -> None:
        self.loudness.setText(figure(reading.integrated, "LUFS"))
        self.peak.setText(figure(reading.true_peak, "dBTP"))
        words = in_words(reading)
        if words != self.meter.accessibleDescription():
            self.meter.setAccessibleDescription(words)
            self.setToolTip(words + "\nClick the bars to measure anew")

    def _on_clicked(self) -> None:
        self.meter.clear()
        self._age = REFRESHES
        self.reset_pressed.emit()


def in_words(reading: Reading) -> str:
    left, right = (figure(level, "dBFS") for level in reading.highest)
    return "\n".join((
        f"Loudness since it began (integrated): {figure(reading.integrated, 'LUFS')}",
        f"The last 3 s (short-term): {figure(reading.short_term, 'LUFS')}",
        f"The last 0.4 s (momentary): {figure(reading.momentary, 'LUFS')}",
        f"True peak: {figure(reading.true_peak, 'dBTP')}" + ", over full scale" * (reading.true_peak > 0),
        f"Highest sample: {left} left, {right} right",
        f"RMS now: {figure(max(reading.rms), 'dBFS')}",
    ))  # fmt: skip
