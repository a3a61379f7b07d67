"""A file manager of one file, in a process of its own: `python -m tests.calm_studio.drag_source FILE STATUS_FILE`.

It lies at the bottom right of the screen; STATUS_FILE is there as soon as it is shown, and says where it can be taken.
"""

import json
import os
import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    def __init__(self, path: Path):
        super().__init__(path.name)
        self._path = path
        self.setGeometry(1300, 920, 180, 60)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        drag, mime = QDrag(self), QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self._path))])
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)


def main(path: Path, status: Path) -> int:
    qt = QApplication(sys.argv[:1])
    source = Source(path)
    source.show()

    def tell() -> None:
        part = status.with_suffix(".part")
        part.write_text(json.dumps({"place": source.mapToGlobal(QPoint(90, 30)).toTuple()}))
        os.replace(part, status)

    QTimer.singleShot(200, tell)
    return qt.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
