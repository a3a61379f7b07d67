"""The right panel: what to make, the knobs that stay live while it is made, and the buttons that start and stop it."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from calm_studio import theme
from calm_studio.continue_button import ContinueButton
from calm_studio.fields import caption, heading, row
from calm_studio.keep_up import KeepUp
from calm_studio.lead_sheet_group import LeadSheetGroup
from calm_studio.length_field import LengthField
from calm_studio.live_slider import LiveSlider
from calm_studio.plan import LENGTH, TRIES, VARIATIONS
from calm_studio.plan_fields import PlanFields
from calm_studio.requests import grid_after
from calm_studio.sampler_picker import SamplerPicker
from calm_studio.seed_field import SeedField
from calm_studio.segments import Segments
from calm_studio.settings import Settings
from calm_studio.text_field import TextField
from calm_studio.values import Loading, State
from engine.again import Again
from engine.controls import (
    MAX_FOLLOW,
    MAX_HARMONY,
    MAX_RECALL,
    MAX_STEPS,
    MAX_TEMPERATURE,
    MAX_TEXT_STRENGTH,
    USUAL_HARMONY,
    Controls,
)
from engine.governor import Governor

START = Controls()
CHORDS_TIP = (
    f"How firmly the chords are followed, or a free take's key; 0: not at all. {USUAL_HARMONY[False]:g} suits those"
    f" heard, {USUAL_HARMONY[True]:g} your own and Free, and comes with them"
)
CONTINUE_TIP = "Write on from the right edge of the prompt, and hear it while it is written (Ctrl+Enter)"


class ControlsPanel(QFrame):
    """`controls_moved` fires at every move of a live control, `plan.edited` at every change of the other fields."""

    controls_moved = Signal(Controls)
    governor_changed = Signal(Governor)
    continue_pressed = Signal()
    text_pressed = Signal()
    stop_pressed = Signal()
    land_pressed = Signal()
    export_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("controls")
        self.setFixedWidth(286)
        self._controls = START
        self._has_clip = False
        self.text = TextField()
        self.sheet = LeadSheetGroup()
        self.sampler = SamplerPicker(self._controls)
        self.keep_up = KeepUp()
        hundredths = (0, round(MAX_TEMPERATURE * 100))
        self.temperature = LiveSlider("Temperature", hundredths, _hundredth, ".2f", START.temperature, "VIOLET")
        tenths = (0, round(MAX_TEXT_STRENGTH * 10))
        self.text_strength = LiveSlider("Text strength", tenths, _tenth, ".1f", START.text_strength, "AMBER")
        self.text_strength.setToolTip("How firmly the description is followed; 0: not at all")
        self.steps = LiveSlider("Steps", (0, 100), _steps_at, ".0f", START.steps, "AMBER")
        tenths = (0, round(MAX_FOLLOW * 10))
        self.follow = LiveSlider("Follow sheet", tenths, _tenth, ".1f", START.follow, "TEAL")
        self.follow.setToolTip("How firmly tempo, bars, key and form are followed; 0: not at all")
        tenths = (0, round(MAX_HARMONY * 10))
        self.harmony = LiveSlider("Follow chords", tenths, _tenth, ".1f", START.harmony, "TEAL")
        self.harmony.setToolTip(CHORDS_TIP)
        tenths = (0, round(MAX_RECALL * 10))
        self.recall = LiveSlider("Recall", tenths, _tenth, ".1f", START.recall, "TEAL")
        self.recall.setToolTip("How much comes back of what was played 1, 2, 4 and 8 bars ago; 0: nothing")
        self.in_effect = QLabel()
        self.length = LengthField(LENGTH)
        self.variations = _counts(VARIATIONS, "Write so many takes at once, side by side; 1 to 4 choose which is heard")
        self.on_the_bar = QCheckBox("Swap on the bar")
        self.on_the_bar.setToolTip("Another variation is heard from the next bar line on, not at once")
        self.tries = _counts(TRIES, "Draw the first second so many times, and go on with the one that joins best")
        self.seed = SeedField()
        self.continue_button = ContinueButton()
        self.stop_button = QPushButton("Stop")
        self.stop_button.setToolTip("Stop writing, and keep what was made (Esc)")
        self.land_button = QPushButton("Land")
        self.land_button.setToolTip("End the take on the next bar line and let it ring out")
        self.export_button = QPushButton("Export\N{HORIZONTAL ELLIPSIS}")
        self.export_button.setToolTip("Write the take as a file, in the format you choose (Ctrl+Shift+E)")
        self._build()
        self._connect()
        self.plan = PlanFields(self)

    @property
    def settings(self) -> Settings:
        """Raises CalmError when the lead sheet holds something that cannot be read."""
        return Settings(
            controls=self._controls,
            seconds=self.length.seconds,
            seed=self.seed.value,
            text=self.text.text,
            wishes=self.sheet.wishes,
            tries=TRIES[self.tries.choice],
            variations=VARIATIONS[self.variations.choice],
        )

    def show_state(self, state: State) -> None:
        """Show what can be pressed now, and the controls that were in effect in the last frame."""
        if state.controls != self._controls:
            self.take_over(state.controls)
        self.plan.show_plan(state.plan)
        self._has_clip = state.clip is not None
        self.text.show_state(state)
        self.sheet.show_heard(None if state.clip is None else state.clip.heard)
        self._on_sheet()
        self.sampler.show_speeds(state.speeds)
        self.on_the_bar.setVisible(
            any(lane.variation is not None for lane in state.lanes) or self.variations.choice > 0
        )
        self.on_the_bar.setEnabled(state.lane is None or grid_after(state.lane) is not None)
        self.stop_button.setEnabled(bool(state.writing or state.waiting))
        self.land_button.setEnabled(state.lane is not None and state.landing is None)
        self.export_button.setEnabled(state.lane is not None)
        self.in_effect.setText(self._effect_words(state))

    def _effect_words(self, state: State) -> str:
        if state.waiting and isinstance(state.model, Loading):
            words = "1 take waits" if len(state.waiting) == 1 else f"{len(state.waiting)} takes wait"
            return f"<span style='color:{theme.MUTED}'>{words} for the model</span>"
        if state.landing is not None:
            return f"<span style='color:{theme.AMBER}'>\N{BLACK CIRCLE} landing on the next bar</span>"
        if state.writing is None or state.writing.growth is None:
            return ""
        if isinstance(state.writing.take.request, Again):
            return f"<span style='color:{theme.MUTED}'>rendering again</span>"
        growth = state.writing.growth
        heard = growth.controls
        asked = replace(self._controls, steps=heard.steps) if growth.lowered else self._controls
        if heard != asked:
            return f"<span style='color:{theme.AMBER}'>\N{BLACK CIRCLE} from the next frame</span>"
        words = f"\N{BLACK CIRCLE} in effect: {heard.temperature:.2f}, {heard.steps} step{'s' * (heard.steps > 1)}"
        return f"<span style='color:{theme.GREEN}'>{words}</span>"

    def _build(self) -> None:
        self.in_effect.setObjectName("muted")
        live = row(heading("LIVE CONTROLS"), self.in_effect)
        live.layout().setAlignment(self.in_effect, Qt.AlignmentFlag.AlignRight)
        form = row(caption("Form"), self.sheet.form)
        groups = (
            (self.text,),
            (heading("SAMPLER"), self.sampler, self.keep_up),
            (live, self.temperature, self.text_strength, self.steps, self.follow, self.harmony, self.recall, form),
            (
                heading("TAKE"),
                row(caption("Length"), self.length),
                row(caption("Variations"), self.variations),
                self.on_the_bar,
                row(caption("Try starts"), self.tries),
                row(caption("Seed"), self.seed),
            ),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 14)
        column.setSpacing(8)
        column.addWidget(_scrolled(groups), 1)
        buttons = (self.continue_button, row(self.export_button, self.land_button, self.stop_button))
        for widget in buttons:
            widget.setContentsMargins(0, 0, 0, 0)
            line = row(widget)
            line.layout().setContentsMargins(14, 0, 14, 0)
            column.addWidget(line)

    def _connect(self) -> None:
        self.sampler.changed.connect(self._on_controls)
        self.keep_up.changed.connect(self.governor_changed)
        self.temperature.moved.connect(lambda value: self._on_controls(replace(self._controls, temperature=value)))
        self.text_strength.moved.connect(lambda value: self._on_controls(replace(self._controls, text_strength=value)))
        self.text.alone_pressed.connect(self.text_pressed)
        self.steps.moved.connect(lambda value: self._on_controls(replace(self._controls, steps=int(value))))
        self.follow.moved.connect(lambda value: self._on_controls(replace(self._controls, follow=value)))
        self.harmony.moved.connect(lambda value: self._on_controls(replace(self._controls, harmony=value)))
        self.recall.moved.connect(lambda value: self._on_controls(replace(self._controls, recall=value)))
        self.sheet.changed.connect(self._on_sheet)
        self.continue_button.clicked.connect(self.continue_pressed)
        self.stop_button.clicked.connect(self.stop_pressed)
        self.land_button.clicked.connect(self.land_pressed)
        self.export_button.clicked.connect(self.export_pressed)

    def _on_sheet(self) -> None:
        error = self.sheet.error
        self.length.show_bar(self.sheet.bar_seconds)
        self.continue_button.setEnabled(self._has_clip and error is None)
        self.continue_button.setToolTip(f"{error.message}. {error.advice}" if error else CONTINUE_TIP)

    def take_over(self, controls: Controls) -> None:
        """Show other controls than were set here; nothing is told of it."""
        self._controls = controls
        self.sampler.show_controls(controls)
        for slider, value in (
            (self.temperature, controls.temperature),
            (self.text_strength, controls.text_strength),
            (self.steps, controls.steps),
            (self.follow, controls.follow),
            (self.harmony, controls.harmony),
            (self.recall, controls.recall),
        ):
            slider.show_value(value)

    def _on_controls(self, controls: Controls) -> None:
        self._controls = controls
        self.sampler.show_controls(controls)
        if self.steps.value != controls.steps:
            self.steps.show_value(controls.steps)
        self.controls_moved.emit(controls)


def _counts(counts: tuple[int, ...], tip: str) -> Segments:
    segments = Segments(tuple((str(count), "") for count in counts))
    segments.setToolTip(tip)
    segments.show_choice(0)
    return segments


def _scrolled(groups: tuple[tuple[QWidget, ...], ...]) -> QScrollArea:
    """The groups below each other; where the window is low they can be scrolled."""
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(14, 16, 14, 0)
    column.setSpacing(8)
    for group in groups:
        for widget in group:
            column.addWidget(widget)
        column.addSpacing(8)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def _tenth(position: int) -> float:
    return position / 10


def _hundredth(position: int) -> float:
    return position / 100


def _steps_at(position: int) -> int:
    """0..100 to 1..200, finer where there are few steps."""
    return round(MAX_STEPS ** (position / 100))
