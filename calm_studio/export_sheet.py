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

from calm_studio.export_form import DEPTH_WORDS, FORMAT_WORDS, PARTS, facts, loudnesses, rates
from calm_studio.fields import Choice, caption, heading, row
from calm_studio.requests import sure
from calm_studio.segments import Segments
from calm_studio.take_files import Order
from calm_studio.values import Lane, State
from engine.events import ModelReady
from engine.export import DEPTHS, FORMATS, ExportSettings, take_name
from engine.export.settings import MAX_FADE_SECONDS

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
        self._lane: Lane | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._depth = "24"
        self.title = heading("EXPORT")
        self.part, self.rate, self.loudness = (_choice(name) for name in ("Part", "Sample rate", "Loudness"))
        self.format, self.depth = Segments(FORMAT_WORDS), Segments(DEPTH_WORDS)
        self.fade_in, self.fade_out = _fade("Fade in"), _fade("Fade out")
        self.mono = QCheckBox("Mono")
        self.statement = QCheckBox("Signed provenance beside it (.json)")
        self.midi = QCheckBox("Notes beside it (.mid)")
        self.facts, self.licence = QLabel(), QLabel()
        self.progress = QProgressBar(maximum=STEPS, textVisible=False)
        self.save, self.cancel = QPushButton("Save as\N{HORIZONTAL ELLIPSIS}"), QPushButton("Cancel")
        self.save.setObjectName("primary")
        self._build()
        self._connect()
        self.hide()

    @property
    def settings(self) -> ExportSettings:
        part = PARTS[self.part.currentIndex()].part
        return ExportSettings(
            format=FORMATS[self.format.choice],
            depth=self._depth,
            rate=self.rate.currentData(),
            mono=self.mono.isChecked(),
            loudness=self.loudness.currentData(),
            fade_in=self.fade_in.value(),
            fade_out=self.fade_out.value(),
            part=part,
        )

    def open_for(self, state: State) -> None:
        """Offer what is written of the selected take, and all others, at this moment."""
        if not self.progress.isHidden():
            return
        self._lane, self._lanes = state.lane, state.lanes
        self.title.setText(f"EXPORT {state.lane.name.upper()}")
        self.licence.setVisible(isinstance(state.model, ModelReady))
        if isinstance(state.model, ModelReady):
            self.licence.setText(f"Model {state.model.name}: {state.model.license}")
        self._show_form()
        self.show()
        self.raise_()
        self.save.setFocus()

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
        for words, rate in rates(format, self._lane.take.rate):
            self.rate.addItem(words, rate)
        self.rate.setCurrentIndex(max(0, self.rate.findData(chosen)))

    def _show_facts(self) -> None:
        several = PARTS[self.part.currentIndex()].several
        self.facts.setText(facts(self._lanes if several else (self._lane,), self.settings))
        self._fit()

    def _fit(self) -> None:
        self.adjustSize()
        self.resized.emit()

    def _on_save(self) -> None:
        part = PARTS[self.part.currentIndex()]
        order = {
            "lanes": self._lanes if part.several else (self._lane,),
            "settings": self.settings,
            "several": part.several,
            "loop": part.loop,
            "statement": self.statement.isChecked(),
            "midi": self.midi.isChecked(),
        }
        dialog = self._folder_dialog() if part.several else self._file_dialog()
        dialog.fileSelected.connect(lambda path: self.chosen.emit(Order(path=Path(path), **order)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _file_dialog(self) -> QFileDialog:
        format = self.settings.format
        path = self._folder / take_name(self._lane.take, self._lane.heard and sure(self._lane.heard), format)
        dialog = QFileDialog(self.window(), "Export", str(path), f"{format.upper()} (*.{format})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix(format)
        return dialog

    def _folder_dialog(self) -> QFileDialog:
        dialog = QFileDialog(self.window(), "Export all takes into a folder", str(self._folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        return dialog

    def _on_cancel(self) -> None:
        if not self.progress.isHidden():
            self.stop_pressed.emit()
        else:
            self.hide()


def _choice(name: str) -> Choice:
    choice = Choice()
    choice.setAccessibleName(name)
    choice.setFixedHeight(30)
    return choice


def _fade(name: str) -> QDoubleSpinBox:
    fade = QDoubleSpinBox(maximum=MAX_FADE_SECONDS, decimals=2, singleStep=0.1)
    fade.setPrefix(f"{name.split()[1]} ")
    fade.setSuffix(" s")
    fade.setAlignment(Qt.AlignmentFlag.AlignCenter)
    fade.setAccessibleName(name)
    return fade
