"""The app with a sine for a model, in a process of its own: `python -m tests.calm_studio.sine_app CLIP STATUS_FILE`.

Every 50 ms STATUS_FILE is replaced by a JSON line that says what the window shows.
"""

import json
import os
import sys
from pathlib import Path

import platformdirs
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from calm_studio import theme
from calm_studio.app import App
from engine.playback import Player
from engine.session import Session
from engine.sinks import NullSink
from tests.calm_studio.fakes import paced
from tests.engine import fakes


def centre(widget: QWidget) -> tuple[int, int]:
    """On the screen."""
    return widget.mapToGlobal(widget.rect().center()).toTuple()


def status(app: App) -> dict:
    lanes = app.state.lanes
    return {
        "clips": len(app.state.clips),
        "active": app.window.isActiveWindow(),
        "takes": len(lanes),
        "written": lanes[0].take.written - lanes[0].take.cut if lanes else 0,
        "handle": centre(app.window.timeline.lanes[lanes[0].take.id].drag) if lanes else None,
        "lane": centre(app.window.timeline.prompt_lane),
        "names": [clip.prompt.name for clip in app.state.clips],
        "span": [app.window.timeline.view.span.start, app.window.timeline.view.span.stop],
        "playing": app.window.transport.play.property("lit") == "true",
    }


def main(clip: Path, path: Path) -> int:
    qt = QApplication(sys.argv[:1])
    theme.apply(qt)
    platformdirs.user_config_path = lambda app, **_: path.parent / "config"
    places = (path.parent / name for name in ("Music", "songs", "projects"))
    app = App(Session(fakes.load, fakes.each(paced)), Player(NullSink), *places)
    app.window.show()
    app.opening.open_paths([clip])

    def write() -> None:
        part = path.with_suffix(".part")
        part.write_text(json.dumps(status(app)))
        os.replace(part, path)

    timer = QTimer(interval=50, timeout=write)
    timer.start()
    return qt.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
