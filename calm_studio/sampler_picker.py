"""The choice of sampler: one, four or a hundred TrigFlow steps, or any other number of either."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from calm_studio.fields import Choice
from calm_studio.segments import Segments
from calm_studio.speeds import guessed
from calm_studio.values import Pace
from engine.controls import MAX_STEPS, Controls

PRESETS = (("consistency", 1), ("consistency", 4), ("trigflow", 100))
WORDS = (("1 step", "instant"), ("4 steps", "default"), ("100", "TrigFlow"), ("custom", f"1 \N{EN DASH} {MAX_STEPS}"))
CUSTOM = len(PRESETS)
GUESS_TIP = "How fast this would be here, guessed from the other numbers of steps that were heard so far"
SPEED_TIP = "How fast this was here so far, in seconds of sound per second of work"


class SamplerPicker(QWidget):
    """`changed` carries controls with another sampler or number of steps and the same temperature."""

    changed = Signal(Controls)

    def __init__(self, controls: Controls):
        super().__init__()
        self._controls = controls
        self._custom = False
        self.segments = Segments(WORDS)
        self.segments.setToolTip("How finely each frame is drawn: fewer steps are faster, more are finer")
        self.kind = Choice()
        self.kind.addItem("Consistency", "consistency")
        self.kind.addItem("TrigFlow", "trigflow")
        self.kind.setAccessibleName("Sampler")
        self.kind.setToolTip("Consistency is good from 1 step on, TrigFlow from about 20")
        self.steps = QSpinBox()
        self.steps.setRange(1, MAX_STEPS)
        self.steps.setSuffix(" steps")
        self.steps.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.steps.setAccessibleName("Sampler steps")
        self.steps.setToolTip("How often each frame is refined, 1 to 200")
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

    def show_speeds(self, speeds: Mapping[Pace, float]) -> None:
        """Say in each segment how fast that was, x real time, or would be, once it can be told."""
        for index, pace in enumerate((*PRESETS, (self._controls.sampler, self._controls.steps))):
            words, tip = WORDS[index][1], ""
            if index < CUSTOM or pace not in PRESETS:
                words, tip = _cost(speeds, pace) or (words, tip)
            button = self.segments.group.button(index)
            button.show_small(words)
            button.setToolTip(tip)

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


def _cost(speeds: Mapping[Pace, float], pace: Pace) -> tuple[str, str] | None:
    """The words for a pace and their tooltip."""
    if pace in speeds:
        return f"{speeds[pace]:.1f}\N{MULTIPLICATION SIGN}", SPEED_TIP
    guess = guessed(speeds, pace[1])
    return None if guess is None else (f"\N{ALMOST EQUAL TO}{guess:.1f}\N{MULTIPLICATION SIGN}", GUESS_TIP)
