"""The right panel: what to make, the knobs that stay live while it is made, and the buttons that start and stop it."""

import random
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from calm_studio import theme
from calm_studio.continue_button import ContinueButton
from calm_studio.live_slider import LiveSlider
from calm_studio.prompt_shelf import heading
from calm_studio.sampler_picker import SamplerPicker
from calm_studio.seed_field import SeedField
from calm_studio.state import Loading, State
from engine.controls import MAX_STEPS, MAX_TEMPERATURE, Controls
from engine.request import MAX_SECONDS

START = Controls()
LENGTH = 30.0
"""Seconds that Continue writes unless told otherwise."""


@dataclass(frozen=True)
class Settings:
    """What the panel asks for; `seconds` is the length of the continuation."""

    controls: Controls
    seconds: float
    seed: int
    text: str


class ControlsPanel(QFrame):
    """`controls_moved` fires at every move of a live control, `length_changed` with the new number of seconds."""

    controls_moved = Signal(Controls)
    length_changed = Signal(float)
    continue_pressed = Signal()
    stop_pressed = Signal()
    export_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("controls")
        self.setFixedWidth(286)
        self._controls = START
        self.text = self._make_text()
        self.sampler = SamplerPicker(self._controls)
        hundredths = (0, round(MAX_TEMPERATURE * 100))
        self.temperature = LiveSlider("Temperature", hundredths, _hundredth, ".2f", START.temperature, theme.VIOLET)
        self.steps = LiveSlider("Steps", (0, 100), _steps_at, ".0f", START.steps, theme.AMBER)
        self.in_effect = QLabel()
        self.length = self._make_length()
        self.seed = SeedField(random.randrange(10_000))
        self.continue_button = ContinueButton()
        self.stop_button = QPushButton("Stop")
        self.export_button = QPushButton("Export\N{HORIZONTAL ELLIPSIS}")
        self._build()
        self._connect()

    @property
    def settings(self) -> Settings:
        return Settings(self._controls, self.length.value(), self.seed.value, self.text.toPlainText().strip())

    def show_state(self, state: State) -> None:
        """Show what can be pressed now, and the controls that were in effect in the last frame."""
        self.continue_button.setEnabled(state.clip is not None)
        self.stop_button.setEnabled(bool(state.writing or state.waiting))
        self.export_button.setEnabled(state.lane is not None)
        self.in_effect.setText(self._effect_words(state))

    def _effect_words(self, state: State) -> str:
        if state.waiting and isinstance(state.model, Loading):
            words = "1 take waits" if len(state.waiting) == 1 else f"{len(state.waiting)} takes wait"
            return f"<span style='color:{theme.MUTED}'>{words} for the model</span>"
        if state.writing is None or state.writing.growth is None:
            return ""
        heard = state.writing.growth.controls
        if heard != self._controls:
            return f"<span style='color:{theme.AMBER}'>\N{BLACK CIRCLE} from the next frame</span>"
        words = f"\N{BLACK CIRCLE} in effect: {heard.temperature:.2f}, {heard.steps} step{'s' * (heard.steps > 1)}"
        return f"<span style='color:{theme.GREEN}'>{words}</span>"

    def _make_text(self) -> QPlainTextEdit:
        text = QPlainTextEdit()
        text.setPlaceholderText("warm lo-fi keys, brushed drums, slow and hazy")
        text.setTabChangesFocus(True)
        text.setFixedHeight(52)
        text.setAccessibleName("Describe the music (optional)")
        return text

    def _make_length(self) -> QDoubleSpinBox:
        length = QDoubleSpinBox()
        length.setRange(1.0, MAX_SECONDS)
        length.setDecimals(1)
        length.setValue(LENGTH)
        length.setSuffix(" s")
        length.setAlignment(Qt.AlignmentFlag.AlignCenter)
        length.setAccessibleName("Length of the continuation in seconds")
        return length

    def _build(self) -> None:
        self.in_effect.setObjectName("muted")
        live = _row(heading("LIVE CONTROLS"), self.in_effect)
        live.layout().setAlignment(self.in_effect, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 16, 14, 14)
        column.setSpacing(8)
        groups = (
            (heading("DESCRIBE (OPTIONAL)"), self.text),
            (heading("SAMPLER"), self.sampler),
            (live, self.temperature, self.steps),
            (heading("TAKE"), _row(_name("Length"), self.length), _row(_name("Seed"), self.seed)),
        )
        for group in groups:
            for widget in group:
                column.addWidget(widget)
            column.addSpacing(8)
        column.addStretch(1)
        column.addWidget(self.continue_button)
        column.addSpacing(4)
        column.addWidget(_row(self.export_button, self.stop_button))

    def _connect(self) -> None:
        self.sampler.changed.connect(self._on_controls)
        self.temperature.moved.connect(lambda value: self._on_controls(replace(self._controls, temperature=value)))
        self.steps.moved.connect(lambda value: self._on_controls(replace(self._controls, steps=int(value))))
        self.length.valueChanged.connect(self.length_changed)
        self.continue_button.clicked.connect(self.continue_pressed)
        self.stop_button.clicked.connect(self.stop_pressed)
        self.export_button.clicked.connect(self.export_pressed)

    def _on_controls(self, controls: Controls) -> None:
        self._controls = controls
        self.sampler.show_controls(controls)
        if round(float(self.steps.label.text())) != controls.steps:
            self.steps.show_value(controls.steps)
        self.controls_moved.emit(controls)


def _hundredth(position: int) -> float:
    return position / 100


def _steps_at(position: int) -> int:
    """0..100 to 1..200, finer where there are few steps."""
    return round(MAX_STEPS ** (position / 100))


def _name(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("muted")
    label.setFixedWidth(82)
    return label


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for widget in widgets:
        layout.addWidget(widget)
    return row
