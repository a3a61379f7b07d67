"""The export sheet: what, in which form, and where to. It floats over the window and blocks nothing."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from calm_studio.export_form import (
    DEPTH_WORDS,
    FORMAT_WORDS,
    PARTS,
    SELECTION,
    WHOLE,
    PartChoice,
    facts,
    lanes_for,
    loudnesses,
    offered,
    part_of,
    rates,
)
from calm_studio.fields import Choice, caption, heading, row
from calm_studio.save_dialogs import file_dialog, folder_dialog
from calm_studio.segments import Segments
from calm_studio.take_files import Order, file_name
from calm_studio.values import Lane, State
from engine.events import ModelReady
from engine.export import DEPTHS, FORMATS, ExportSettings
from engine.export.settings import MAX_FADE_SECONDS

CHOICES = (
    ("Part", "What of which take is written"),
    ("Sample rate", "The source's own, or another by resampling"),
    ("Loudness", "As it is, or brought to a target by its gain alone"),
)
"""Names and tooltips."""
STEPS = 1000
"""Of the progress bar."""


class ExportSheet(QFrame):
    """`chosen` carries an Order once a place was picked; `stop_pressed` is about the export that is under way;
    `resized` says that the sheet has another height."""

    chosen = Signal(object)
    stop_pressed = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget, folder: Path):
        super().__init__(parent)
        self.setObjectName("popover")
        self.setFixedWidth(334)
        self.setAccessibleName("Export")
        self._folder = folder
        self._state = State()
        self._depth = "24"
        self.title = heading("EXPORT")
        self.part, self.rate, self.loudness = (_choice(*words) for words in CHOICES)
        self.format, self.depth = Segments(FORMAT_WORDS), Segments(DEPTH_WORDS)
        self.format.setToolTip("WAV, FLAC and AIFF keep every sample; OGG, Opus and MP3 are small")
        self.depth.setToolTip("24 bits hold more than any converter; 16 bits are dithered")
        self.fade_in, self.fade_out = _fade("Fade in"), _fade("Fade out")
        self.mono = QCheckBox("Mono")
        self.statement = QCheckBox("Signed provenance beside it (.json)")
        self.midi = QCheckBox("Notes beside it (.mid)")
        self.mono.setToolTip("Left and right mixed into one channel")
        self.statement.setToolTip("Says which seconds are yours and which were generated, signed on this computer")
        self.midi.setToolTip("The notes heard in the take, as a MIDI file")
        self.facts, self.licence = QLabel(), QLabel()
        self.progress = QProgressBar(maximum=STEPS, textVisible=False)
        self.save, self.cancel = QPushButton("Save as\N{HORIZONTAL ELLIPSIS}"), QPushButton("Cancel")
        self.save.setObjectName("primary")
        self.save.setToolTip("Choose where to; nothing is ever overwritten")
        self.cancel.setToolTip("Close this, or stop the export that is under way (Esc)")
        self._build()
        self._connect()
        self.hide()

    @property
    def choice(self) -> PartChoice:
        return PARTS[self.part.currentIndex()]

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The takes that would be exported."""
        return lanes_for(self.choice, self._state)

    @property
    def settings(self) -> ExportSettings:
        return ExportSettings(
            format=FORMATS[self.format.choice],
            depth=self._depth,
            rate=self.rate.currentData(),
            mono=self.mono.isChecked(),
            loudness=self.loudness.currentData(),
            fade_in=self.fade_in.value(),
            fade_out=self.fade_out.value(),
            part=part_of(self.choice, self._state),
        )

    def open_for(self, state: State, choice: PartChoice | None = None) -> None:
        """Offer what is written at this moment. `choice` is shown; without it what is selected, or else what was chosen
        last."""
        if not self.progress.isHidden():
            return
        self._state = state
        self.licence.setVisible(isinstance(state.model, ModelReady))
        if isinstance(state.model, ModelReady):
            self.licence.setText(f"Model {state.model.name}: {state.model.license}")
        self._show_parts(choice)
        self._show_form()
        self.show()
        self.raise_()
        self.save.setFocus()

    def _show_parts(self, choice: PartChoice | None) -> None:
        for index, each in enumerate(PARTS):
            self.part.model().item(index).setEnabled(offered(each, self._state))
        for wanted in (choice, SELECTION, self.choice, WHOLE):
            if wanted is not None and offered(wanted, self._state):
                self.part.setCurrentIndex(PARTS.index(wanted))
                return

    def show_progress(self, share: float | None) -> None:
        """How much of the export is done, 0 to 1; None when none is under way."""
        if share is not None:
            self.progress.setValue(round(share * STEPS))
        if (share is None) == self.progress.isHidden():
            return
        self.progress.setVisible(share is not None)
        for widget in (self.save, self._form):
            widget.setEnabled(share is None)
        self.cancel.setText("Cancel" if share is None else "Stop")
        self._fit()

    def _build(self) -> None:
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        self._depth_row = row(caption("Depth", 62), self.depth)
        fades = row(caption("Fades", 62), self.fade_in, self.fade_out)
        rows = (row(caption("Part", 62), self.part), self.format, self._depth_row, row(caption("Rate", 62), self.rate))
        for widget in (*rows, row(caption("Loudness", 62), self.loudness), fades, self.mono, self.statement, self.midi):
            form.addWidget(widget)
        for label in (self.facts, self.licence):
            label.setObjectName("muted")
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(9)
        for widget in (self.title, self._form, self.facts, self.licence, self.progress):
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column.addLayout(buttons)
        self.progress.hide()

    def _connect(self) -> None:
        for part in PARTS:
            self.part.addItem(part.words)
        for words, target in loudnesses():
            self.loudness.addItem(words, target)
        self.format.show_choice(FORMATS.index("wav"))
        self.format.picked.connect(self._show_form)
        self.depth.picked.connect(self._on_depth_picked)
        for signal in (self.part.currentIndexChanged, self.rate.activated, self.mono.toggled):
            signal.connect(self._show_facts)
        self.save.clicked.connect(self._on_save)
        self.cancel.clicked.connect(self._on_cancel)

    def _on_depth_picked(self, index: int) -> None:
        self._depth = DEPTHS["wav"][index]
        self._show_facts()

    def _show_form(self) -> None:
        """Show what the format has."""
        format = FORMATS[self.format.choice]
        depths = DEPTHS[format]
        if depths and self._depth not in depths:
            self._depth = depths[-1]
        self._depth_row.setVisible(bool(depths))
        for index, depth in enumerate(DEPTHS["wav"]):
            self.depth.group.button(index).setEnabled(depth in depths)
        self.depth.show_choice(DEPTHS["wav"].index(self._depth))
        self._show_rates(format)
        self._show_facts()

    def _show_rates(self, format: str) -> None:
        chosen = self.rate.currentData()
        self.rate.clear()
        for words, rate in rates(format, self.lanes[0].take.rate):
            self.rate.addItem(words, rate)
        self.rate.setCurrentIndex(max(0, self.rate.findData(chosen)))

    def _show_facts(self) -> None:
        """What is made of which takes. Nothing when the choice is not there any more."""
        if not self.lanes:
            return
        what = self.lanes[0].called if len(self.lanes) == 1 else f"{len(self.lanes)} takes"
        self.title.setText(f"EXPORT {what.upper()}")
        self.facts.setText(facts(self.lanes, self.settings))
        self._fit()

    def _fit(self) -> None:
        self.adjustSize()
        self.resized.emit()

    def _on_save(self) -> None:
        several = self.choice.takes != "selected"
        order = {
            "lanes": self.lanes,
            "settings": self.settings,
            "several": several,
            "loop": self.choice.part == "loop",
            "statement": self.statement.isChecked(),
            "midi": self.midi.isChecked(),
        }
        dialog = self._dialog(several)
        dialog.fileSelected.connect(lambda path: self.chosen.emit(Order(path=Path(path), **order)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _dialog(self, several: bool) -> QFileDialog:
        settings = self.settings
        if several:
            return folder_dialog(self.window(), self._folder)
        return file_dialog(self.window(), self._folder / file_name(self.lanes[0], settings), settings.format)

    def _on_cancel(self) -> None:
        if not self.progress.isHidden():
            self.stop_pressed.emit()
        else:
            self.hide()


def _choice(name: str, tip: str) -> Choice:
    choice = Choice()
    choice.setToolTip(tip)
    choice.setAccessibleName(name)
    choice.setFixedHeight(30)
    return choice


def _fade(name: str) -> QDoubleSpinBox:
    fade = QDoubleSpinBox(maximum=MAX_FADE_SECONDS, decimals=2, singleStep=0.1)
    fade.setPrefix(f"{name.split()[1]} ")
    fade.setSuffix(" s")
    fade.setAlignment(Qt.AlignmentFlag.AlignCenter)
    fade.setAccessibleName(name)
    fade.setToolTip("Seconds over which the part becomes audible, or falls silent")
    return fade
