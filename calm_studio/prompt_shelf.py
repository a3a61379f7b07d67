"""The left panel: clips to continue, a place to drop more, and the examples that ship with the app."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QRect, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDropEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from calm_studio import theme
from calm_studio.fields import heading
from calm_studio.timeline.span import Span
from calm_studio.timeline.waveform import Waveform
from calm_studio.values import Clip, State
from engine.request import MIDI_SUFFIXES

SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".aiff", ".aif", *MIDI_SUFFIXES}


def audio_files(paths: list[Path]) -> list[Path]:
    """The files among `paths`, and the audio files anywhere below the folders among them, in order of name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES and each.is_file())
        else:
            found.append(path)
    return found


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The local files and folders a drop brings."""
    return [_path_of(url) for url in event.mimeData().urls() if url.isLocalFile()]


def _path_of(url: QUrl) -> Path:
    """By its bytes, except on Windows: Qt takes a file name for text, and a name that is none would be lost."""
    if sys.platform == "win32":
        return Path(url.toLocalFile())
    return Path(os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))))


class ClipCard(QWidget):
    """A clip's name, length and thumbnail; click it, or press Enter, to use it."""

    picked = Signal()
    removed = Signal()

    def __init__(self, clip: Clip, lit: bool, thumbnail: bool):
        super().__init__()
        self.clip = clip
        self._lit = lit
        rate, colour = clip.prompt.audio.rate, "TEAL_WAVE" if lit else "FAINT"
        self._waveform = Waveform(clip.peaks, rate, 0.0, (colour,)) if thumbnail else None
        self.setFixedHeight(62 if thumbnail else 32)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{clip.prompt.name}, {clip.prompt.audio.seconds:.1f} seconds")
        self.setToolTip(f"{clip.prompt.name}: Backspace takes it off" if thumbnail else clip.prompt.name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(theme.TEAL_GROUND if self._lit else theme.FIELD))
        painter.setPen(
            QColor(theme.TEAL if self._lit and not self.hasFocus() else theme.FOCUS if self.hasFocus() else theme.LINE)
        )
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._paint_words(painter)
        if self._waveform:
            audio = self.clip.prompt.audio
            written = audio.samples.shape[1]
            rect = QRect(9, 27, self.width() - 18, 26)
            self._waveform.draw(painter, rect, Span(0.0, audio.seconds), written, (), folded=True)

    def _paint_words(self, painter: QPainter) -> None:
        line = QRectF(9, 8, self.width() - 18, 16)
        font = self.font()
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(QColor(theme.MUTED))
        side = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | side, f"{self.clip.prompt.audio.seconds:.1f} s")
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        name = painter.fontMetrics().elidedText(self.clip.prompt.name, Qt.TextElideMode.ElideRight, self.width() - 66)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | side, name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.picked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit()
        elif event.key() == Qt.Key.Key_Backspace:
            self.removed.emit()
        else:
            super().keyPressEvent(event)


class DropZone(QFrame):
    """The dashed invitation under the clips; the whole window takes drops."""

    browse_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setFixedHeight(70)
        text = QLabel("Drop audio, MIDI or folders")
        text.setObjectName("muted")
        browse = QPushButton("Browse\N{HORIZONTAL ELLIPSIS}")
        browse.setObjectName("link")
        browse.clicked.connect(self.browse_pressed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 12, 6, 10)
        layout.setSpacing(2)
        layout.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(browse, 0, Qt.AlignmentFlag.AlignHCenter)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.FAINT), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


class PromptShelf(QFrame):
    """Shows the state's clips and examples."""

    clip_picked = Signal(object)
    clip_removed = Signal(object)
    browse_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.setObjectName("shelf")
        self.setFixedWidth(210)
        self._shown: tuple | None = None
        self._clips, self._examples = QVBoxLayout(), QVBoxLayout()
        self.drop_zone = DropZone()
        self.drop_zone.browse_pressed.connect(self.browse_pressed)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 16, 12, 12)
        column.setSpacing(10)
        self._examples_heading = heading("EXAMPLES")
        for part in (heading("PROMPTS"), self._clips, self.drop_zone, 8, self._examples_heading, self._examples):
            if isinstance(part, QVBoxLayout):
                part.setSpacing(8)
                column.addLayout(part)
            elif isinstance(part, int):
                column.addSpacing(part)
            else:
                column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def show_state(self, state: State) -> None:
        shown = (state.clips, state.clip, state.examples)
        if shown == self._shown:
            return
        self._shown = shown
        self._fill(self._clips, state.clips, state.clip, thumbnail=True)
        self._fill(self._examples, state.examples, None, thumbnail=False)
        self._examples_heading.setVisible(bool(state.examples))

    def cards(self) -> list[ClipCard]:
        return self.findChildren(ClipCard)

    def _fill(self, layout: QVBoxLayout, clips: tuple[Clip, ...], lit: Clip | None, thumbnail: bool) -> None:
        while layout.count():
            card = layout.takeAt(0).widget()
            card.setParent(None)
            card.deleteLater()
        for clip in clips:
            card = ClipCard(clip, clip is lit, thumbnail)
            card.picked.connect(lambda clip=clip: self.clip_picked.emit(clip))
            if thumbnail:
                card.removed.connect(lambda clip=clip: self.clip_removed.emit(clip))
            layout.addWidget(card)
