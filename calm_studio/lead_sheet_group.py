"""What the continuation is to follow: the tempo, key and chords of the prompt, or those that are written here, and a
form."""

import time
from random import Random

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from calm_studio.form_field import FormField
from calm_studio.heard_words import tempo_words
from calm_studio.plan import SheetWords
from calm_studio.segments import Segments
from calm_studio.symbol_button import SymbolButton
from calm_studio.tempo_tap import PAUSE, TempoTap
from engine.errors import CalmError
from engine.music.follow import FASTEST, NO_CHORDS, SLOWEST, Wishes
from engine.music.heard import Heard
from engine.music.suggest import suggest

FOLLOW, FREE = 0, 1
AS_HEARD = "as heard"


class ChartLink(QPushButton):
    """A word to press that is as long as the chart, as far as there is room."""

    def __init__(self, tip: str):
        super().__init__(AS_HEARD)
        self.setObjectName("link")
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setMinimumWidth(48)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._words = AS_HEARD

    def show_words(self, words: str) -> None:
        self._words = words
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + 8, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        words = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width() - 4)
        self.setText(words.replace("&", "&&"))


class LeadSheetGroup(QWidget):
    """The head of the lead-sheet lane; its `form` stands beside the live controls. `changed` fires at every change of
    what is asked for, `settled` when it is what the user wants, so that a take which is written may follow it. An empty
    field means: as heard, or as it comes."""

    changed = Signal()
    settled = Signal()

    def __init__(self):
        super().__init__()
        self._tapped, self._heard, self._chance = TempoTap(), None, Random()
        self._last: tuple | None = None
        self._resting = QTimer(self, singleShot=True, interval=round(1000 * PAUSE))
        self.mode = Segments((("Follow", ""), ("Free", "")))
        self.mode.setFixedWidth(116)
        self.mode.setToolTip("Follow these chords, from the next bar line on; or keep tempo and key alone")
        self.mode.show_choice(FOLLOW)
        self.tempo = QLineEdit()
        self.tempo.setFixedWidth(80)
        self.tempo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tempo.setAccessibleName("Tempo in beats a minute; empty: as heard")
        self.tempo.setToolTip("Tempo in beats a minute, from the next bar line on. Empty: as heard")
        self.tap = QPushButton("Tap")
        self.tap.setToolTip("Tap the tempo; the median of the last taps counts")
        self.chords = QLineEdit(self)  # the chart as it is written; the lane has fields to write in over the bars
        self.chords.hide()
        self.chords.setAccessibleName("Chords; empty: as heard")
        self.chart = ChartLink("Write chords: bars parted by |, such as Dm7 | G7 | Cmaj7 | %. Empty: as heard")
        words = "Suggest chords that could follow, in the key of the clip; again: others"
        self.suggest = SymbolButton("die", words, side=24, pixels=14)
        self.form = FormField()
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        self._build()
        self._connect()
        self.show_heard(None)
        self._last = self._wanted

    @property
    def wishes(self) -> Wishes:
        """Raises CalmError for what cannot be read."""
        chords = NO_CHORDS if self.mode.choice == FREE else self.chords.text().strip() or None
        return Wishes(_number(self.tempo.text()), chords, self.form.words or None)

    @property
    def words(self) -> SheetWords:
        return SheetWords(self.mode.choice == FOLLOW, self.tempo.text(), self.chords.text(), self.form.words)

    def show_words(self, words: SheetWords) -> None:
        """Other words than were written here; nothing is told of it, as if they were settled."""
        self.mode.show_choice(FOLLOW if words.follows else FREE)
        self.tempo.setText(words.tempo)
        self.chords.setText(words.chords)
        self.form.show_words(words.form)
        self._on_changed()
        self._last = None if self.error else self._wanted

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
        heard, wishes = self._heard, None if self.error else self.wishes
        tempo = (wishes and wishes.tempo) or (heard and heard.tempo)
        return 60 / tempo * (heard.beats_per_bar if heard and heard.tempo else 4) if tempo else None

    def show_heard(self, heard: Heard | None) -> None:
        """What was heard in the prompt; None while it is listened to."""
        self._heard = heard
        self._enable()
        self.tempo.setPlaceholderText("\N{HORIZONTAL ELLIPSIS}" if heard is None else tempo_words(heard))

    def write_chart(self, text: str) -> None:
        """As if the user had written it."""
        self.chords.setText(text.strip())
        self._on_settled()

    def suggest_chart(self) -> None:
        """Another at each time."""
        try:
            self.write_chart(suggest(self._heard, self._chance))
        except CalmError as error:
            self.show_problem(error)

    def show_problem(self, error: CalmError | None) -> None:
        """Say what cannot be read; None for nothing."""
        self.problem.setText(error.message if error else "")
        self.problem.setToolTip(error.advice if error else "")
        self.problem.setVisible(error is not None)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 2, 6, 0)
        row.setSpacing(6)
        title = QLabel("Lead sheet")
        title.setObjectName("sheetTitle")
        self.problem.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for widget in (title, self.chart, self.suggest):
            row.addWidget(widget)
        row.addWidget(self.problem, 1)
        row.addStretch(1)
        for widget in (self.tempo, self.tap, self.mode):
            row.addWidget(widget)
        self.problem.hide()

    def _connect(self) -> None:
        self.mode.picked.connect(self._on_changed)
        self.tempo.textChanged.connect(self._on_changed)
        self.chords.textChanged.connect(self._on_changed)
        self.form.changed.connect(self._on_changed)
        self.tap.pressed.connect(self._on_tapped)
        self.suggest.clicked.connect(self.suggest_chart)
        self.mode.picked.connect(self._on_settled)
        self.tempo.editingFinished.connect(self._on_settled)
        self.form.settled.connect(self._on_settled)
        self._resting.timeout.connect(self._on_settled)

    def _on_tapped(self) -> None:
        tempo = self._tapped.tap(time.monotonic())
        if tempo is not None:
            self.tempo.setText(f"{min(max(tempo, SLOWEST), FASTEST):.1f}")
            self._resting.start()

    def _on_changed(self) -> None:
        self._enable()
        self.chart.show_words(self.chords.text().strip() or AS_HEARD)
        self.show_problem(self.error)
        self.changed.emit()

    def _enable(self) -> None:
        """As long as nothing was heard there is nothing to suggest chords by."""
        follows = self.mode.choice == FOLLOW
        for field in (self.chords, self.chart):
            field.setEnabled(follows)
        self.suggest.setEnabled(follows and self._heard is not None)

    def _on_settled(self) -> None:
        """Told once for each thing that is wanted, and for nothing that cannot be read."""
        if self.error is None and self._wanted != self._last:
            self._last = self._wanted
            self.settled.emit()

    @property
    def _wanted(self) -> tuple:
        return self.mode.choice, self.wishes


def _number(text: str) -> float | None:
    """Raises CalmError for what is no number."""
    text = text.strip().lower().removesuffix("bpm").strip().replace(",", ".")
    try:
        return float(text) if text else None
    except ValueError:
        raise CalmError(f"The tempo {text} is no number", f"Write {SLOWEST:g} to {FASTEST:g}, or nothing") from None
