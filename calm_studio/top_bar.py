"""The top bar: the project; which model runs where, how fast it writes, with how many steps where those had to be
lowered, and how much lies ready. Measured figures only."""

import math
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from calm_studio import theme
from calm_studio.project_chip import ProjectChip
from calm_studio.symbol_button import SymbolButton
from calm_studio.values import Loading, State
from engine.events import ModelFailed, ModelReady

ROOM_FOR_NAME = 1040
"""Pixels of the bar below which the figures need the place of the app's name."""
NONE = "\N{EN DASH}"


class TopBar(QFrame):
    def __init__(self):
        super().__init__()
        self.setObjectName("topBar")
        self.setFixedHeight(46)
        self.name = QLabel("CALM Studio")
        self.name.setObjectName("appName")
        self.project = ProjectChip()
        self.model, self.device, self.steps, self.speed, self.buffer = (_chip() for _ in range(5))
        self.steps.setToolTip("Fewer steps than asked for, so that the sound does not break off")
        self.speed.setToolTip("Seconds of sound made per second of work, over the last second of the take")
        self.buffer.setToolTip("Sound that is written and not heard yet, and how often none was ready in time")
        self.more = SymbolButton("more", "Preferences, keys, about", side=30, pixels=16)
        self.more.setObjectName("mark")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        row.addWidget(self.name)
        row.addWidget(self.project, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        for chip in (self.model, self.device, self.steps, self.speed, self.buffer):
            row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignVCenter)
        self.show_buffer(None, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.name.setVisible(self.width() >= ROOM_FOR_NAME)

    def show_state(self, state: State) -> None:
        self.project.show_keeping(state.keeping)
        self.model.setText(model_words(state.model))
        self.device.setVisible(isinstance(state.model, ModelReady))
        if isinstance(state.model, ModelReady):
            self.device.setText(device_words(state.model))
            self.model.setToolTip(f"{state.model.parameters / 1e6:.1f} M parameters, licence: {state.model.license}")
        lane = state.writing or state.lane
        growth = lane.growth if lane else None
        lowered = state.writing is not None and growth is not None and growth.lowered
        self.steps.setVisible(lowered)
        if lowered:
            self.steps.setText(f"{_dim('Steps')} {_lit(str(growth.controls.steps))} {_dim('lowered')}")
        self.speed.setText(f"{_bold(f'{growth.x_real_time:.1f}×' if growth else NONE)} {_dim('real time')}")

    def show_buffer(self, seconds: float | None, underruns: int) -> None:
        """Seconds written ahead of what is heard, None when no take sounds; and how often sound broke off so far."""
        words = f"{_dim('Buffer')} {_bold(NONE if seconds is None else f'{seconds:.1f} s')}"
        if underruns:
            words += f" \N{MIDDLE DOT} {_lit(f'{underruns} drop-out' + 's' * (underruns > 1))}"
        self.buffer.setText(words)


def model_words(model: Loading | ModelReady | ModelFailed) -> str:
    match model:
        case Loading(latest):
            size = f" {latest.done_mb:.0f}/{latest.total_mb:.0f} MB" if latest.total_mb else ""
            left = "" if model.seconds_left is None else f", {math.ceil(model.seconds_left)} s left"
            return f"{_dim('Model')} {_bold(f'Loading{size}')} {_dim(escape(latest.note) + left)}"
        case ModelReady():
            return f"{_dim('Model')} {_bold(escape(model.name))}"
        case ModelFailed():
            return f"{_dim('Model')} <b style='color:{theme.RED}'>not loaded</b>"


def device_words(model: ModelReady) -> str:
    memory = f"{model.memory_mb / 1000:.1f} GB" if model.memory_mb >= 1000 else f"{model.memory_mb:.0f} MB"
    dot = f"<span style='color:{theme.GREEN}'>\N{BLACK CIRCLE}</span>"
    parts = [_bold(escape(model.device.upper())), _dim(memory)]
    if " " in model.device_name:  # a maker's name; a single word only says which instruction set it is
        parts.insert(1, _dim(escape(model.device_name)))
    return f"{dot} " + " \N{MIDDLE DOT} ".join(parts)


def _chip() -> QLabel:
    chip = QLabel()
    chip.setObjectName("chip")
    return chip


def _bold(text: str) -> str:
    return f"<b>{text}</b>"


def _lit(text: str) -> str:
    return f"<b style='color:{theme.AMBER}'>{text}</b>"


def _dim(text: str) -> str:
    return f"<span style='color:{theme.MUTED}'>{text}</span>"
