"""The choice of sampler: one, four or a hundred TrigFlow steps, or any other number of either."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from calm_studio import theme
from engine.controls import MAX_STEPS, Controls

PRESETS = (("consistency", 1), ("consistency", 4), ("trigflow", 100))
WORDS = (("1 step", "instant"), ("4 steps", "default"), ("100", "TrigFlow"), ("custom", f"1 \N{EN DASH} {MAX_STEPS}"))
CUSTOM = len(PRESETS)


def paint_words(painter: QPainter, text: str, pixels: int, bold: bool, rect: QRectF) -> None:
    """Centre `text` in `rect` in a font `pixels` high."""
    font = painter.font()
    font.setPixelSize(pixels)
    font.setWeight(font.Weight.DemiBold if bold else font.Weight.Normal)
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


class SegmentButton(QPushButton):
    """One of a row of choices, with a small second line."""

    def __init__(self, text: str, small: str, last: bool):
        super().__init__()
        self.setObjectName("segment")
        self.setCheckable(True)
        self.setProperty("last", "true" if last else "false")
        self.setAccessibleName(f"{text} {small}")
        self.setFixedHeight(40)
        self._lines = ((text, 12, 5), (small, 10, 21))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(theme.AMBER if self.isChecked() else theme.MUTED))
        for text, pixels, top in self._lines:
            paint_words(painter, text, pixels, self.isChecked(), QRectF(0, top, self.width(), pixels + 4))


class Choice(QComboBox):
    """A combo box that paints its own arrow: a style sheet that gives it a border takes the arrow away."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.MUTED), 1.5))
        tip = QPointF(self.width() - 14, self.height() / 2 + 2)
        painter.drawPolyline([tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)])


class Segments(QFrame):
    """A row of exclusive choices; `picked` carries the index of the one that was clicked."""

    picked = Signal(int)

    def __init__(self, words: tuple[tuple[str, str], ...]):
        super().__init__()
        self.setObjectName("segments")
        self.group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for index, (text, small) in enumerate(words):
            button = SegmentButton(text, small, last=index == len(words) - 1)
            self.group.addButton(button, index)
            row.addWidget(button, 1)
        self.group.idClicked.connect(self.picked)

    def show_choice(self, index: int) -> None:
        self.group.button(index).setChecked(True)


class SamplerPicker(QWidget):
    """`changed` carries controls with another sampler or number of steps and the same temperature."""

    changed = Signal(Controls)

    def __init__(self, controls: Controls):
        super().__init__()
        self._controls = controls
        self._custom = False
        self.segments = Segments(WORDS)
        self.kind = Choice()
        self.kind.addItem("Consistency", "consistency")
        self.kind.addItem("TrigFlow", "trigflow")
        self.kind.setAccessibleName("Sampler")
        self.steps = QSpinBox()
        self.steps.setRange(1, MAX_STEPS)
        self.steps.setSuffix(" steps")
        self.steps.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.steps.setAccessibleName("Sampler steps")
        self._custom_row = QWidget()
        row = QHBoxLayout(self._custom_row)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.kind, self.steps):
            widget.setFixedHeight(30)
            row.addWidget(widget, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.segments)
        column.addWidget(self._custom_row)
        self.segments.picked.connect(self._on_segment_picked)
        self.kind.activated.connect(self._on_custom_edited)
        self.steps.editingFinished.connect(self._on_custom_edited)
        self.show_controls(controls)

    def show_controls(self, controls: Controls) -> None:
        """Light the segment of `controls`; what no segment stands for is custom."""
        self._controls = controls
        pair = (controls.sampler, controls.steps)
        preset = PRESETS.index(pair) if pair in PRESETS and not self._custom else CUSTOM
        self.segments.show_choice(preset)
        self.kind.setCurrentIndex(self.kind.findData(controls.sampler))
        self.steps.setValue(controls.steps)
        self._custom_row.setVisible(preset == CUSTOM)

    def _on_segment_picked(self, index: int) -> None:
        self._custom = index == CUSTOM
        if self._custom:
            self.show_controls(self._controls)
            return
        sampler, steps = PRESETS[index]
        self.changed.emit(replace(self._controls, sampler=sampler, steps=steps))

    def _on_custom_edited(self) -> None:
        edited = replace(self._controls, sampler=self.kind.currentData(), steps=self.steps.value())
        if edited != self._controls:
            self.changed.emit(edited)
