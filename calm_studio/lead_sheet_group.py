"""What the continuation is to follow: the tempo, key and chords of the prompt, or those that are written here."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from calm_studio.fields import caption, heading, row
from calm_studio.heard_words import chart_of, tempo_words
from calm_studio.segments import Segments
from calm_studio.tempo_tap import TempoTap
from engine.errors import CalmError
from engine.music.follow import FASTEST, SLOWEST, Wishes
from engine.music.heard import Heard

FOLLOW, FREE = 0, 1


class LeadSheetGroup(QWidget):
    """`changed` fires at every change of what is asked for. An empty field means: as heard."""

    changed = Signal()

    def __init__(self):
        super().__init__()
        self._tapped, self._heard = TempoTap(), None
        self._chords: str | None = None
        self.mode = Segments((("Follow", ""), ("Free", "")))
        self.mode.setFixedWidth(132)
        self.mode.show_choice(FOLLOW)
        self.tempo = QLineEdit()
        self.tempo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tempo.setAccessibleName("Tempo in beats a minute; empty: as heard")
        self.tap = QPushButton("Tap")
        self.tap.setToolTip("Tap the tempo; the median of the last taps counts")
        self.chords = QLineEdit()
        self.chords.setAccessibleName("Chords; empty: as heard")
        self.chords.setToolTip("Bars parted by |, such as Dm7 | G7 | Cmaj7 | %. Empty: the chords of the prompt go on")
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self.problem.setWordWrap(True)
        self._build()
        self._connect()
        self.show_heard(None)

    @property
    def wishes(self) -> Wishes | None:
        """None in free mode. Raises CalmError for what cannot be read."""
        if self.mode.choice == FREE:
            return None
        return Wishes(_number(self.tempo.text()), self.chords.text().strip() or None)

    @property
    def error(self) -> CalmError | None:
        """Why Continue cannot be pressed."""
        try:
            self.wishes  # noqa: B018
        except CalmError as error:
            return error
        return None

    @property
    def bar_seconds(self) -> float | None:
        """The length of a bar in the tempo written, or else heard; None where there is none."""
        heard = self._heard
        tempo = None if self.error else _number(self.tempo.text())
        tempo = tempo or (heard.tempo if heard else None)
        return 60 / tempo * (heard.beats_per_bar if heard and heard.tempo else 4) if tempo else None

    def show_heard(self, heard: Heard | None) -> None:
        """What was heard in the prompt; None while it is listened to."""
        self._heard = heard
        self.tempo.setPlaceholderText("\N{HORIZONTAL ELLIPSIS}" if heard is None else tempo_words(heard))
        chart = None if heard is None else chart_of(heard)
        self.chords.setPlaceholderText("\N{HORIZONTAL ELLIPSIS}" if chart is None else chart or "no sure chords")

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        title = row(heading("LEAD SHEET"), self.mode)
        title.layout().setAlignment(self.mode, Qt.AlignmentFlag.AlignRight)
        for widget in (title, row(caption("Tempo"), self.tempo, self.tap), row(caption("Chords"), self.chords)):
            column.addWidget(widget)
        column.addWidget(self.problem)
        self.problem.hide()

    def _connect(self) -> None:
        self.mode.picked.connect(self._on_changed)
        self.tempo.textChanged.connect(self._on_changed)
        self.chords.textChanged.connect(self._on_changed)
        self.tap.pressed.connect(self._on_tapped)

    def _on_tapped(self) -> None:
        tempo = self._tapped.tap(time.monotonic())
        if tempo is not None:
            self.tempo.setText(f"{min(max(tempo, SLOWEST), FASTEST):.1f}")

    def _on_changed(self) -> None:
        follows, error = self.mode.choice == FOLLOW, self.error
        for field in (self.tempo, self.tap, self.chords):
            field.setEnabled(follows)
        self.problem.setText(f"{error.message}. {error.advice}" if error else "")
        self.problem.setVisible(error is not None)
        self.changed.emit()


def _number(text: str) -> float | None:
    """Raises CalmError for what is no number."""
    text = text.strip().lower().removesuffix("bpm").strip().replace(",", ".")
    try:
        return float(text) if text else None
    except ValueError:
        raise CalmError(f"The tempo {text} is no number", f"Write {SLOWEST:g} to {FASTEST:g}, or nothing") from None
