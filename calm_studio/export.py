"""The export sheet: choose a depth, then a place. It floats over the window and blocks nothing."""

from pathlib import Path
from typing import get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from calm_studio.prompt_shelf import heading
from calm_studio.sampler_picker import Segments
from calm_studio.state import Lane
from calm_studio.transport import clock
from engine.events import ModelReady
from engine.export import Depth, take_name
from engine.take import Take

DEPTHS: tuple[Depth, ...] = get_args(Depth)
WORDS = (("16-bit", "dithered"), ("24-bit", "default"), ("32-bit", "float"))
BYTES = {"16": 2, "24": 3, "32f": 4}


class ExportSheet(QFrame):
    """`chosen` carries the take, the path and the depth once a place was picked."""

    chosen = Signal(object, object, str)

    def __init__(self, parent: QWidget, folder: Path):
        super().__init__(parent)
        self.setObjectName("popover")
        self.setFixedWidth(270)
        self.setAccessibleName("Export")
        self._folder = folder
        self._take: Take | None = None
        self.depth: Depth = "24"
        self.title = heading("EXPORT")
        self.facts, self.licence = QLabel(), QLabel()
        self.segments = Segments(WORDS)
        self.segments.picked.connect(self._on_depth_picked)
        self.save = QPushButton("Save as\N{HORIZONTAL ELLIPSIS}")
        self.save.setObjectName("primary")
        self.save.clicked.connect(self._on_save)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self.hide)
        self._build()
        self.hide()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(10)
        for label in (self.facts, self.licence):
            label.setObjectName("muted")
            label.setWordWrap(True)
        for widget in (self.title, self.segments, self.facts, self.licence):
            column.addWidget(widget)
        column.addLayout(buttons)

    def open_for(self, lane: Lane, model: object) -> None:
        """Offer to export what is written of `lane` at this moment; `model` is the last model event."""
        self._take = lane.take
        self.title.setText(f"EXPORT {lane.name.upper()}")
        self.licence.setVisible(isinstance(model, ModelReady))
        if isinstance(model, ModelReady):
            self.licence.setText(f"Model {model.name}: {model.license}")
        self._show_depth()
        self.adjustSize()
        self.show()
        self.raise_()
        self.save.setFocus()

    def _on_depth_picked(self, index: int) -> None:
        self.depth = DEPTHS[index]
        self._show_depth()

    def _show_depth(self) -> None:
        self.segments.show_choice(DEPTHS.index(self.depth))
        take = self._take
        megabytes = take.written * 2 * BYTES[self.depth] / 1e6
        self.facts.setText(
            f"WAV \N{MIDDLE DOT} {take.rate / 1000:g} kHz stereo \N{MIDDLE DOT} {clock(take.written / take.rate)} "
            f"\N{MIDDLE DOT} {megabytes:.1f} MB"
        )

    def _on_save(self) -> None:
        take, depth = self._take, self.depth
        dialog = QFileDialog(self.window(), "Export", str(self._folder / take_name(take)), "WAV (*.wav)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix("wav")
        dialog.fileSelected.connect(lambda path: self.chosen.emit(take, Path(path), depth))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        self.hide()
