"""The left panel: clips to continue, a place to drop or record more, examples, and what was opened lately."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from calm_studio.fields import heading
from calm_studio.shelf.clip_list import ClipList
from calm_studio.shelf.drop_zone import DropZone
from calm_studio.shelf.name_card import NameCard
from calm_studio.shelf.names import Names, example_card, reading_card, recent_card
from calm_studio.shelf.record_panel import RecordPanel
from calm_studio.values import State

NO_CLIPS = "A clip of 2 to 30 seconds is best.\nTake an example to try it"


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The local files and folders a drop brings."""
    return [_path_of(url) for url in event.mimeData().urls() if url.isLocalFile()]


def _path_of(url: QUrl) -> Path:
    """By its bytes, except on Windows: Qt takes a file name for text, and a name that is none would be lost."""
    if sys.platform == "win32":
        return Path(url.toLocalFile())
    return Path(os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))))


class PromptShelf(QFrame):
    """Shows the state's clips, examples and recent files."""

    clip_picked = Signal(object)
    clip_removed = Signal(object)
    clip_placed = Signal(object, int)
    recent_picked = Signal(object)
    recent_removed = Signal(object)
    browse_pressed = Signal()
    record_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("shelf")
        self.setFixedWidth(210)
        self.clips, self.drop_zone, self.record_panel = ClipList(), DropZone(), RecordPanel()
        self._reading, self._examples, self._recent = (
            Names(reading_card),
            Names(example_card, "EXAMPLES"),
            Names(recent_card, "RECENT"),
        )
        self._hint = QLabel(NO_CLIPS)
        self._hint.setObjectName("hint")
        self._hint.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scrolled())
        for signal, told in (
            (self.clips.picked, self.clip_picked),
            (self.clips.removed, self.clip_removed),
            (self.clips.placed, self.clip_placed),
            (self._examples.picked, self.clip_picked),
            (self._recent.picked, self.recent_picked),
            (self._recent.removed, self.recent_removed),
            (self.drop_zone.browse_pressed, self.browse_pressed),
            (self.drop_zone.record_pressed, self.record_pressed),
            (self.record_panel.record_pressed, self.record_pressed),
        ):
            signal.connect(told)

    def _scrolled(self) -> QScrollArea:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(10)
        parts = (
            heading("PROMPTS"),
            self._hint,
            self.clips,
            self._reading,
            self.drop_zone,
            self.record_panel,
            self._examples,
            self._recent,
        )
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return area

    def show_state(self, state: State) -> None:
        self.clips.show_clips(state.clips, state.clip)
        self.clips.setVisible(bool(state.clips))
        self._hint.setVisible(not state.clips and not state.reading)
        self._reading.show_things(state.reading)
        self._examples.show_things(state.examples)
        self._recent.show_things(state.recent)

    def cards(self) -> list[NameCard]:
        """Of the clips and the examples."""
        return [*self.clips.cards, *self._examples.cards]
