"""A slider with its name and value beside it; a double click puts it back to its default."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from calm_studio import theme

KNOB = 6.5


class Track(QSlider):
    """A thin horizontal slider: click or drag anywhere, arrow keys for single steps."""

    reset_wanted = Signal()

    def __init__(self, colour: str):
        super().__init__(Qt.Orientation.Horizontal)
        self._colour = colour
        self.setFixedHeight(20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, x = self.height() / 2, self._x()
        painter.setBrush(QColor(theme.TRACK))
        painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        painter.setBrush(QColor(theme.named(self._colour)))
        painter.drawRoundedRect(QRectF(0, middle - 2, x, 4), 2, 2)
        if self.hasFocus():
            painter.setBrush(theme.see_through(theme.FOCUS, 150))
            painter.drawEllipse(QPointF(x, middle), KNOB + 3, KNOB + 3)
        painter.setBrush(QColor(theme.KNOB))
        painter.drawEllipse(QPointF(x, middle), KNOB, KNOB)

    def _x(self) -> float:
        share = (self.value() - self.minimum()) / (self.maximum() - self.minimum())
        return KNOB + share * (self.width() - 2 * KNOB)

    def _move_to(self, x: float) -> None:
        share = (x - KNOB) / (self.width() - 2 * KNOB)
        self.setValue(round(self.minimum() + share * (self.maximum() - self.minimum())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(event.position().x())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_wanted.emit()


class LiveSlider(QWidget):
    """`value_of` turns a track position (an integer in `positions`) into the value; `form` writes the value."""

    moved = Signal(float)

    def __init__(
        self,
        name: str,
        positions: tuple[int, int],
        value_of: Callable[[int], float],
        form: str,
        default: float,
        colour: str,
    ):
        super().__init__()
        self._value_of, self._form, self._default = value_of, form, default
        self.track = Track(colour)
        self.track.setRange(*positions)
        self.track.setAccessibleName(name)
        self.track.setToolTip(f"{name}: double-click for {default:{form}}")
        self.label = QLabel()
        self.label.setObjectName("value")
        self.label.setFixedWidth(40)
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        title = QLabel(name)
        title.setObjectName("muted")
        title.setFixedWidth(82)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (title, self.track, self.label):
            layout.addWidget(widget)
        self.track.valueChanged.connect(self._on_moved)
        self.track.reset_wanted.connect(self._on_reset)
        self.show_value(default)

    def show_value(self, value: float) -> None:
        """Put the knob at the position nearest to `value`, without `moved`."""
        positions = range(self.track.minimum(), self.track.maximum() + 1)
        self.track.blockSignals(True)
        self.track.setValue(min(positions, key=lambda position: abs(self._value_of(position) - value)))
        self.track.blockSignals(False)
        self.track.update()
        self.label.setText(f"{value:{self._form}}")

    def _on_moved(self, position: int) -> None:
        value = self._value_of(position)
        self.label.setText(f"{value:{self._form}}")
        self.moved.emit(value)

    def _on_reset(self) -> None:
        self.show_value(self._default)
        self.moved.emit(self._default)
