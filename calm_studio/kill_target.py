"""The app as `calm_studio.kill_test` kills it: it continues a clip, branches and turns knobs at random, and tells over
a wire all that is written.

It says `start TAKE CUT RATE`, `add TAKE FRAME STOP CHECKSUM` after a frame is in the take, and `back TAKE FRAME` before
the take goes back to one.
"""

import os
import random
import sys
import zlib
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from calm_studio import theme
from calm_studio.__main__ import model_loader
from calm_studio.app import App
from engine.again import generate_rows
from engine.playback import Player
from engine.session import Session
from engine.sinks import NullSink
from engine.take import Take

PERIOD_MS = 120
"""Between two things that the user does."""
SECONDS = 20.0
"""Length of every take."""


def tell_of(take: Take, wire: Connection) -> None:
    """Have `take` say what is written of it."""
    append, rewind = take.append, take.rewind

    def say(*words: object) -> None:
        try:
            wire.send_bytes(" ".join(map(str, words)).encode())
        except OSError:
            os._exit(1)  # nobody listens any more: the test itself was stopped

    say("start", take.id, take.cut, take.rate)

    def on_append(samples: np.ndarray, drawn: np.ndarray | None = None) -> None:
        append(samples, drawn)
        start = take.borders[-1]
        sound = take.samples[:, start : take.written]
        say("add", take.id, len(take.borders) - 1, take.written, zlib.crc32(sound.tobytes()))

    def on_rewind(frame: int) -> None:
        say("back", take.id, frame)
        rewind(frame)

    take.append, take.rewind = on_append, on_rewind


class Hands:
    """Do something at every `move`, by a `seed`."""

    def __init__(self, app: App, seed: int):
        self._app, self._random = app, random.Random(seed)

    def move(self) -> None:
        app, state = self._app, self._app.state
        if state.clip is None or state.waiting:
            return
        if state.writing is None:
            self._press()
            return
        lane, dice = state.writing, self._random.random()
        if dice < 0.7:
            app.window.controls.temperature.track.setValue(self._random.randrange(60, 120))
        elif dice < 0.76:
            app.making.reroll()
        elif dice < 0.8 and lane.take.written > lane.take.cut:
            app.making.branch(lane.take.id, lane.begins + 0.2)
        elif dice < 0.84:
            app.editing.star()

    def _press(self) -> None:
        controls = self._app.window.controls
        controls.length.set_seconds(SECONDS)
        controls.variations.group.button(self._random.choice((0, 0, 1))).click()
        controls.continue_button.click()


def main(home: Path, seed: int, clip: Path, weights: Path | None, wire: Connection) -> None:
    """Goes on until it is killed."""
    os.environ["XDG_CONFIG_HOME"] = str(home / "config")  # on Linux, the user's own list of files is left alone
    qt = QApplication(sys.argv[:1])
    theme.apply(qt)
    session = Session(model_loader(weights, "cpu"), generate_rows)
    app = App(session, Player(NullSink), home / "Music", home / "songs", home / "projects")
    session.on_take = telling(session.on_take, wire)
    app.window.show()
    app.open_paths([clip])
    hands = Hands(app, seed)
    timer = QTimer(interval=PERIOD_MS, timeout=hands.move)
    timer.start()
    qt.exec()


def telling(on_take: Callable[[Take, dict], None], wire: Connection) -> Callable[[Take, dict], None]:
    def tell(take: Take, info: dict) -> None:
        on_take(take, info)
        tell_of(take, wire)

    return tell
