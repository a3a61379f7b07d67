"""Choose an input, see its level, record it: a panel under the drop zone, there when it is wanted."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from calm_studio import theme
from calm_studio.fields import Choice, row
from engine.recording import SoundInput

QUIETEST_DB = -60.0
LOUD_DB = -3.0
FALL_DB = 1.0
"""At a tick of 33 ms."""


class InputMeter(QWidget):
    """A bar for each channel, which falls slowly enough to be seen; tell it the dB of full scale at every tick."""

    def __init__(self):
        super().__init__()
        self._levels: tuple[float, ...] = ()
        self.setFixedHeight(14)
        self.setAccessibleName("Input level")

    def show_levels(self, levels: tuple[float, ...]) -> None:
        before = self._levels if len(self._levels) == len(levels) else levels
        levels = tuple(max(new, old - FALL_DB) for new, old in zip(levels, before, strict=True))
        if levels != self._levels:
            self._levels = levels
            loudest = max(levels, default=QUIETEST_DB)
            self.setToolTip(f"{loudest:.0f} dB of full scale: best is around -12, and never 0")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            height = self.height() / max(1, len(self._levels))
            for index, level in enumerate(self._levels or (QUIETEST_DB,)):
                bar = QRectF(0, index * height + 1, self.width(), height - 2)
                painter.fillRect(bar, QColor(theme.TRACK))
                bar.setWidth(self.width() * max(0.0, 1 - level / QUIETEST_DB))
                painter.fillRect(bar, QColor(theme.RED if level >= LOUD_DB else theme.GREEN))


class RecordPanel(QFrame):
    input_chosen = Signal(object)
    record_pressed = Signal()
    close_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("field")
        self.inputs, self.meter, self.time = Choice(), InputMeter(), QLabel()
        self.inputs.setAccessibleName("Sound input")
        self.inputs.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.inputs.setMinimumContentsLength(8)  # names of inputs are long, the shelf is narrow
        self.inputs.setToolTip("What is recorded from")
        self.time.setObjectName("muted")
        self.record = QPushButton("Record")
        self.record.setToolTip("Begin, and press again to end (Ctrl+R): the recording is then on the shelf")
        self.leave = QPushButton("Close")
        self.leave.setToolTip("Let go of the input")
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 9, 9, 9)
        column.setSpacing(8)
        for widget in (self.inputs, self.meter, self.time, row(self.record, self.leave)):
            column.addWidget(widget)
        self.inputs.activated.connect(lambda: self.input_chosen.emit(self.inputs.currentData()))
        self.record.clicked.connect(self.record_pressed)
        self.leave.clicked.connect(self.close_pressed)
        self.hide()

    def show_inputs(self, inputs: tuple[SoundInput, ...]) -> None:
        self.inputs.clear()
        for each in inputs:
            self.inputs.addItem(each.name, each)
        self.show()

    def show_recording(self, seconds: float | None) -> None:
        """How long is recorded; None while it only listens."""
        going = seconds is not None
        self.inputs.setEnabled(not going)
        self.record.setText("Stop" if going else "Record")
        self.record.setAccessibleName("Stop recording" if going else "Record")
        self.time.setText(f"Recording {int(seconds) // 60}:{seconds % 60:04.1f}" if going else "Ready")
