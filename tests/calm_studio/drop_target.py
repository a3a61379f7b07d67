"""Another program that takes files: `python -m tests.calm_studio.drop_target STATUS_FILE`.

Its window is at 1480, 980 on the screen.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget


class Target(QWidget):
    def __init__(self, path: Path):
        super().__init__()
        self._path = path
        self.setAcceptDrops(True)
        self.setGeometry(1480, 980, 20, 20)

    def tell(self, urls: list[str], over: bool = False) -> None:
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps({"ready": True, "over": over, "urls": urls}))
        part.replace(self._path)

    def dragEnterEvent(self, event) -> None:
        event.acceptProposedAction()
        self.tell([], over=True)

    def dropEvent(self, event) -> None:
        event.acceptProposedAction()
        self.tell([url.toString() for url in event.mimeData().urls()])


def main(path: Path) -> int:
    qt = QApplication(sys.argv[:1])
    target = Target(path)
    target.show()
    QTimer.singleShot(200, lambda: target.tell([]))
    return qt.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
