"""Dragging a take out of the window as a real, finished WAV file in a lasting folder."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton

from engine.errors import CalmError
from engine.export import take_name, write_wav
from engine.take import Take


class DragHandle(QPushButton):
    """Press it, and `wanted` asks for the file; `offer` it, and the drag starts as soon as the mouse has moved."""

    wanted = Signal()

    def __init__(self, name: str):
        super().__init__()
        self._pressed_at: QPoint | None = None
        self._moved = False
        self._file: Path | None = None
        self.setObjectName("drag")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag this take into your DAW or a folder: a 24-bit WAV at the source's rate")
        self.setAccessibleName(f"Drag {name} out as a WAV file")
        self.set_lit(False)

    def set_lit(self, lit: bool) -> None:
        self.setText("\N{BRAILLE PATTERN DOTS-123456} Drag to DAW" if lit else "\N{BRAILLE PATTERN DOTS-123456} Drag")
        self.setProperty("lit", "true" if lit else "false")
        self.style().polish(self)

    def offer(self, path: Path) -> None:
        """The file is written."""
        self._file = path
        self._start_when_ready()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at, self._moved, self._file = event.position().toPoint(), False, None
        self.wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None:
            way = (event.position().toPoint() - self._pressed_at).manhattanLength()
            self._moved = self._moved or way >= QApplication.startDragDistance()
            self._start_when_ready()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None

    def _start_when_ready(self) -> None:
        if self._pressed_at is None or not self._moved or self._file is None:
            return
        self._pressed_at = None
        drag = QDrag(self)
        drag.setMimeData(file_mime(self._file))
        drag.exec(Qt.DropAction.CopyAction)


def file_mime(path: Path) -> QMimeData:
    """text/uri-list with the one file, as DAWs and file managers expect."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


class TakeFiles:
    """The WAV files of takes in `folder`, each written once for as much of the take as there is. Used by one thread."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._written: dict[tuple[int, int], Path] = {}

    def file_of(self, take: Take) -> Path:
        """A finished 24-bit WAV of `take` as it is now. Raises CalmError when the folder cannot be written."""
        audio = take.audio
        key = (take.id, audio.samples.shape[1])
        if key not in self._written or not self._written[key].exists():
            make_folder(self._folder)
            self._written[key] = write_wav(self._folder / take_name(take), audio.samples, audio.rate, "24")
        return self._written[key]


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents. Raises CalmError when that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {folder} cannot be made ({error.strerror})"
        raise CalmError(message, "Use Export to choose another") from error
