"""The bottom bar: play, stop and loop, the time, what was heard in the prompt, the output device and its level."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from calm_studio import theme
from calm_studio.chip_button import ChipButton
from calm_studio.heard_words import key_words, metre_words, sureness, tempo_words
from calm_studio.level_display import LevelDisplay
from calm_studio.midi.midi_chip import MidiChip
from calm_studio.selecting import marked_span
from calm_studio.symbol_button import SymbolButton
from calm_studio.time_display import TimeDisplay, clock
from calm_studio.timeline.bars import bars_of
from calm_studio.values import State
from engine.metering import Reading
from engine.music.follow import SURE
from engine.music.heard import Heard
from engine.sinks import NullSink

NARROW = 1150
"""Pixels of width."""


class Transport(QFrame):
    start_pressed = Signal()
    play_pressed = Signal()
    stop_pressed = Signal()
    loop_pressed = Signal()
    audition_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("transport")
        self.setFixedHeight(74)
        self._playing: bool | None = None
        self.to_start = _button("start", "To the start (Home)")
        self.play = _button("play", "Play or stop (Space)")
        self.stop = _button("stop", "Stop playing")
        self.loop = _button("loop", "Loop the selection, or else the take's best loop (L)")
        self.audition = _button("seam", "Audition the seam: over and over, 2 s before it to 2 s after it (A)")
        self.follow = _button("follow", "Follow the playhead when it leaves the view (F)")
        self.follow.setCheckable(True)
        self.time = TimeDisplay()
        self.length = QLabel()
        self.length.setObjectName("muted")
        self.output = ChipButton("Output", "Where sound goes, and how much of it is held: press to choose")
        self.heard = QLabel()
        self.heard.setObjectName("chip")
        self.heard.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.midi = MidiChip()
        self.heard.setAccessibleName("Tempo, key and metre as heard")
        self.levels = LevelDisplay()
        self._build()
        self.to_start.clicked.connect(self.start_pressed)
        self.play.clicked.connect(self.play_pressed)
        self.stop.clicked.connect(self.stop_pressed)
        self.loop.clicked.connect(self.loop_pressed)
        self.audition.clicked.connect(self.audition_pressed)
        self.follow.toggled.connect(lambda on: _light(self.follow, "follow", on))
        self.follow.setChecked(True)
        self.show_time(0.0, 0.0, playing=False)
        self.show_device("", 0)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        for widget in (self.to_start, self.play, self.stop, self.loop, self.audition, self.follow):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.time)
        row.addWidget(self.length, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        row.addWidget(self.heard, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self.midi, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.output, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(8)
        row.addWidget(self.levels)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What can be done without gives way first."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.length.setHidden(narrow)
        self.levels.show_figures(not narrow)

    def show_state(self, state: State) -> None:
        self.loop.setEnabled(state.lane is not None or marked_span(state) is not None)
        _light(self.loop, "loop", state.looping)
        self.audition.setEnabled(state.lane is not None)
        _light(self.audition, "seam", state.auditioning)
        self.time.show_bars(bars_of(state))
        self.heard.setVisible(state.heard is not None or state.clip is not None)
        self.heard.setText(heard_chip(state.heard))
        self.heard.setToolTip("" if state.heard is None else sureness(state.heard))

    def show_time(self, seconds: float, end: float, playing: bool) -> None:
        """The cursor or what is heard now, and where the timeline ends; both in seconds."""
        self.time.show_time(seconds)
        self.length.setText(f"/ {clock(end)}")
        if playing != self._playing:
            self._playing = playing
            _light(self.play, "play", playing)

    def show_sound(self, device: str, rate: int, reading: Reading) -> None:
        """The player's device with its rate in Hz, and what is heard of it."""
        self.show_device(device, rate)
        self.levels.show_reading(reading)

    def show_device(self, device: str, rate: int) -> None:
        """ "" while it is not open."""
        figure = (
            "" if device in ("", NullSink.name) else f" <span style='color:{theme.MUTED}'>{rate / 1000:g} kHz</span>"
        )
        words = escape(device) or "opening"
        self.output.show_words(f"<span style='color:{theme.MUTED}'>Out:</span> <b>{words}</b>{figure}")


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
