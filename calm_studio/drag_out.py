"""Dragging takes out of the window as real, finished files."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QStringListModel, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton


class DragHandle(QPushButton):
    """Press it, and `wanted` asks for files; `offer` them, and the drag starts as soon as the mouse has moved.

    `what` is dragged, in words for screen readers; `words` are written on it.
    """

    wanted = Signal()

    def __init__(self, what: str, words: str = "Drag"):
        super().__init__()
        self._pressed_at: QPoint | None = None
        self._moved = False
        self._files: list[Path] | None = None
        self.setObjectName("drag")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag into your DAW or a folder: 24-bit WAV at the source's rate, with its recipe")
        self.setAccessibleName(f"Drag {what}")
        self.set_lit(False, words)

    def set_lit(self, lit: bool, words: str) -> None:
        """A lit one is easier to see."""
        text = f"\N{BRAILLE PATTERN DOTS-123456} {words}"
        if (text, lit) != (self.text(), self.property("lit") == "true"):
            self.setText(text)
            self.setProperty("lit", "true" if lit else "false")
            self.style().polish(self)

    def offer(self, paths: list[Path]) -> None:
        """The files are written."""
        self._files = paths
        self._start_when_ready()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at, self._moved, self._files = event.position().toPoint(), False, None
        self.wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is not None:
            way = (event.position().toPoint() - self._pressed_at).manhattanLength()
            self._moved = self._moved or way >= QApplication.startDragDistance()
            self._start_when_ready()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None

    def _start_when_ready(self) -> None:
        if self._pressed_at is None or not self._moved or self._files is None:
            return
        self._pressed_at = None
        drag = QDrag(self)
        drag.setMimeData(file_mime(self._files))
        drag.exec(Qt.DropAction.CopyAction)


def file_mime(paths: list[Path]) -> QMimeData:
    """text/uri-list of the files, as DAWs and file managers expect.

    Qt itself makes the data, if by way of a model: what `QMimeData()` makes calls Python as it is freed, and the
    clipboard of a platform without windows frees what was copied after Python has ended, which was a crash.
    """
    model = QStringListModel([""])
    mime = model.mimeData([model.index(0)])
    mime.clear()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime
