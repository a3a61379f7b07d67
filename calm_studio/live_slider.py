"""A slider with its name and value beside it, which can be typed; a double click puts it back to its default."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from calm_studio import theme
from calm_studio.value_field import ValueField

KNOB = 6.5
NOTCHES = 50
"""Turns of the wheel from one end to the other; with Shift each is the smallest step."""


class Track(QSlider):
    """A thin horizontal slider: click or drag anywhere, the wheel, arrow keys for single steps, page keys for ten."""

    reset_wanted = Signal()

    def __init__(self, colour: str):
        super().__init__(Qt.Orientation.Horizontal)
        self._colour, self._turned = colour, 0
        self.setFixedHeight(20)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
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

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A notch at a time, whatever the size of the range; Shift turns some systems' wheels sideways."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        step = 1 if fine else max(1, (self.maximum() - self.minimum()) // NOTCHES)
        self._turned += turned * step
        steps = int(self._turned / 120)
        self._turned -= 120 * steps
        self.setValue(self.value() + steps)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
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
        self.name, self._value_of, self._form, self._default = name, value_of, form, default
        self.track = Track(colour)
        self.track.setRange(*positions)
        self.track.setAccessibleName(name)
        self.track.setToolTip(f"{name}: double-click for {default:{form}}, right-click to learn MIDI")
        self.label = ValueField(name)
        self.label.setFixedWidth(44)
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
        self.label.typed.connect(self._on_typed)
        self.show_value(default)

    @property
    def share(self) -> float:
        """Where the knob is, 0 to 1."""
        return (self.track.value() - self.track.minimum()) / (self.track.maximum() - self.track.minimum())

    def set_share(self, share: float) -> None:
        """Move it there, as if by hand."""
        self.track.setValue(round(self.track.minimum() + share * (self.track.maximum() - self.track.minimum())))

    def show_value(self, value: float) -> None:
        """Put the knob at the position nearest to `value`, without `moved`."""
        positions = range(self.track.minimum(), self.track.maximum() + 1)
        self.track.blockSignals(True)
        self.track.setValue(min(positions, key=lambda position: abs(self._value_of(position) - value)))
        self.track.blockSignals(False)
        self.track.update()
        self._show_number(value)

    def _show_number(self, value: float) -> None:
        self.value = value
        self.label.show_words(f"{value:{self._form}}")

    def _on_moved(self, position: int) -> None:
        value = self._value_of(position)
        self._show_number(value)
        self.moved.emit(value)

    def _on_reset(self) -> None:
        self.show_value(self._default)
        self.moved.emit(self._default)

    def _on_typed(self, value: float) -> None:
        """As near to it as it goes."""
        least, most = self._value_of(self.track.minimum()), self._value_of(self.track.maximum())
        value = min(max(value, least), most)
        self.show_value(value)
        self.moved.emit(value)
