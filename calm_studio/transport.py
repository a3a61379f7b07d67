"""The bottom bar: play, stop and loop, the time, what was heard in the prompt, the output device and its level."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from calm_studio import theme
from calm_studio.heard_words import key_words, metre_words, sureness, tempo_words
from calm_studio.level_display import LevelDisplay
from calm_studio.midi.midi_chip import MidiChip
from calm_studio.selecting import marked_span
from calm_studio.symbol_button import SymbolButton
from calm_studio.values import State
from engine.metering import Reading
from engine.music.follow import SURE
from engine.music.heard import Heard


def clock(seconds: float) -> str:
    """74.36 -> "1:14.36"."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


class Transport(QFrame):
    start_pressed = Signal()
    play_pressed = Signal()
    stop_pressed = Signal()
    loop_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("transport")
        self.setFixedHeight(74)
        self._playing: bool | None = None
        self.to_start = _button("start", "To the start (Home)")
        self.play = _button("play", "Play or stop (Space)")
        self.stop = _button("stop", "Stop playing")
        self.loop = _button("loop", "Loop the selection, or else the take's best loop (L)")
        self.time = QLabel()
        self.time.setObjectName("time")
        self.time.setMinimumWidth(94)
        self.length = QLabel()
        self.length.setObjectName("muted")
        self.output = QLabel()
        self.output.setObjectName("chip")
        self.heard = QLabel()
        self.heard.setObjectName("chip")
        for chip in (self.heard, self.output):
            chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.midi = MidiChip()
        self.heard.setAccessibleName("Tempo, key and metre as heard")
        self.levels = LevelDisplay()
        self._build()
        self.to_start.clicked.connect(self.start_pressed)
        self.play.clicked.connect(self.play_pressed)
        self.stop.clicked.connect(self.stop_pressed)
        self.loop.clicked.connect(self.loop_pressed)
        self.show_time(0.0, 0.0, playing=False)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        for widget in (self.to_start, self.play, self.stop, self.loop):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.time)
        row.addWidget(self.length, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        row.addWidget(self.heard, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(3)
        row.addWidget(self.midi, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.output, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        row.addWidget(self.levels, 1)

    def show_state(self, state: State) -> None:
        self.loop.setEnabled(state.lane is not None or marked_span(state) is not None)
        _light(self.loop, "loop", state.looping)
        self.heard.setVisible(state.heard is not None or state.clip is not None)
        self.heard.setText(heard_chip(state.heard))
        self.heard.setToolTip("" if state.heard is None else sureness(state.heard))

    def show_time(self, seconds: float, end: float, playing: bool) -> None:
        """The cursor or what is heard now, and where the timeline ends; both in seconds."""
        self.time.setText(clock(seconds))
        self.length.setText(f"/ {clock(end)}")
        if playing != self._playing:
            self._playing = playing
            _light(self.play, "play", playing)

    def show_sound(self, device: str, reading: Reading) -> None:
        """The player's device, and what is heard of it."""
        self.output.setText(f"<span style='color:{theme.MUTED}'>Out:</span> <b>{device or 'opening'}</b>")
        self.levels.show_reading(reading)


def heard_chip(heard: Heard | None) -> str:
    """Such as "92 bpm, F minor, 4/4 heard", in rich text, with a question mark where unsure.

    None while the prompt is listened to.
    """
    if heard is None:
        return f"<span style='color:{theme.MUTED}'>listening\N{HORIZONTAL ELLIPSIS}</span>"
    tempo = _figure(tempo_words(heard), heard.tempo is None or heard.tempo_confidence >= SURE)
    key = _figure(key_words(heard), heard.key is None or heard.key_confidence >= SURE)
    parts = [tempo, key] + [_figure(metre_words(heard), True)] * (heard.tempo is not None)
    return f"{', '.join(parts)} <span style='color:{theme.MUTED}'>heard</span>"


def _figure(words: str, sure: bool) -> str:
    """Bold, or with a question mark."""
    return f"<b>{words}</b>" if sure else f"<span style='color:{theme.MUTED}'>{words}?</span>"


def _light(button: SymbolButton, name: str, lit: bool) -> None:
    if button.property("lit") == ("true" if lit else "false"):
        return
    button.show_symbol(name, "AMBER" if lit else "TEXT")
    button.setProperty("lit", "true" if lit else "false")
    button.style().polish(button)


def _button(name: str, tip: str) -> SymbolButton:
    button = SymbolButton(name, tip, side=38, pixels=16)
    button.setObjectName("round")
    return button
