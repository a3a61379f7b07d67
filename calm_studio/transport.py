"""The bottom bar: play and stop, the time, the output device and its level."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from calm_studio import theme
from calm_studio.icons import icon
from calm_studio.meter import FLOOR_DB, Meter


def clock(seconds: float) -> str:
    """74.36 -> "1:14.36"."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


class Transport(QFrame):
    start_pressed = Signal()
    play_pressed = Signal()
    stop_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("transport")
        self.setFixedHeight(74)
        self._playing: bool | None = None
        self.to_start = _button("start", "To the start (Home)")
        self.play = _button("play", "Play or stop (Space)")
        self.stop = _button("stop", "Stop playing")
        self.time = QLabel()
        self.time.setObjectName("time")
        self.time.setMinimumWidth(94)
        self.length = QLabel()
        self.length.setObjectName("muted")
        self.dropouts = QLabel()
        self.dropouts.setObjectName("muted")
        self.output = QLabel()
        self.output.setObjectName("chip")
        self.meter = Meter()
        self.level = QLabel()
        self.level.setObjectName("muted")
        self.level.setFixedWidth(72)
        self.level.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._build()
        self.to_start.clicked.connect(self.start_pressed)
        self.play.clicked.connect(self.play_pressed)
        self.stop.clicked.connect(self.stop_pressed)
        self.show_time(0.0, 0.0, playing=False)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        for widget in (self.to_start, self.play, self.stop):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.time)
        row.addWidget(self.length, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self.dropouts)
        row.addWidget(self.output, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        row.addWidget(self.meter)
        row.addWidget(self.level)

    def show_time(self, seconds: float, end: float, playing: bool) -> None:
        """The cursor or what is heard now, and where the timeline ends; both in seconds."""
        self.time.setText(clock(seconds))
        self.length.setText(f"/ {clock(end)}")
        if playing != self._playing:
            self._playing = playing
            self.play.setIcon(icon("play", theme.AMBER if playing else theme.TEXT))
            self.play.setProperty("lit", "true" if playing else "false")
            self.play.style().polish(self.play)

    def show_sound(self, device: str, peaks: tuple[float, float], underruns: int) -> None:
        """What the player measured: its device, peaks (full scale 1.0), and how often sound broke off."""
        self.output.setText(f"<span style='color:{theme.MUTED}'>Out:</span> <b>{device or 'opening'}</b>")
        self.dropouts.setText(f"{underruns} drop-out{'s' * (underruns > 1)}" if underruns else "")
        self.meter.show_peaks(peaks)
        level = max(self.meter.levels)
        self.level.setText(f"{level:.1f} dBFS" if level > FLOOR_DB else "")


def _button(name: str, tip: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName("round")
    button.setFixedSize(38, 38)
    button.setIconSize(QSize(16, 16))
    button.setIcon(icon(name))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
