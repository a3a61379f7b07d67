"""Stand-ins for what the window is given: files on disk, drops, and a generator that takes its time."""

import itertools
import os
from pathlib import Path
from urllib.parse import quote_from_bytes

import numpy as np
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from calm_studio import state as states
from calm_studio.values import State
from engine.events import Event
from engine.take import Take
from tests.engine import fakes
from tests.engine.grooves import groove

FRAME_SECONDS = 0.002


def paced(model, take, box, stop):
    """`sine`, one frame every two milliseconds: twenty times as fast as it sounds."""
    for frame in fakes.sine(model, take, box, stop):
        yield frame
        stop.wait(FRAME_SECONDS)


def a_take(seconds: float = 0.4, take_id: int = 1) -> Take:
    return Take(fakes.a_request(seconds), take_id)


def reduce(state: State, event: Event, now: float = 0.0) -> State:
    """For events to which the time does not matter."""
    return states.reduce(state, event, now)


def write_clip(path: Path, seconds: float = 1.0, rate: int = 48_000, channels: int = 2) -> Path:
    """A clip with a different value at every sample, in 16 bits."""
    count = round(seconds * rate) * channels
    values = np.random.default_rng(3).integers(-20_000, 20_000, count, np.int16)
    soundfile.write(path, values.reshape(-1, channels), rate, subtype="PCM_16")
    return path


def write_words(path: Path) -> Path:
    """A file that is called a sound and holds none."""
    path.write_text("These are words and no music.")
    return path


def drop(target: QWidget, *paths: Path) -> bool:
    """Drag files over `target` and let go, as the platform would; whether it took them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromEncoded(b"file://" + quote_from_bytes(os.fsencode(path)).encode()) for path in paths])
    where, copy = QPoint(300, 300), Qt.DropAction.CopyAction
    nothing, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(where, copy, mime, left, nothing)
    QApplication.sendEvent(target, enter)
    if enter.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(where), copy, mime, left, nothing))
    return enter.isAccepted()


def repeating(model, take, box, stop):
    """Plays the prompt again and again, so that beat, chords and 24-bit values go on."""
    size = take.rate // fakes.FRAMES_A_SECOND
    for index in itertools.count():
        if stop.is_set() or take.full:
            return
        controls = box.get()
        take.history.record(index, controls)
        place = np.arange(index * size, (index + 1) * size)
        take.append(take.samples[:, : take.cut].take(place, axis=1, mode="wrap"))
        yield fakes.FakeFrame(index, controls)


def write_groove(path: Path, seconds: float = 8.0, rate: int = 44_100, tempo: float = 120.0) -> Path:
    """Music with a clear beat, in 24 bits."""
    soundfile.write(path, groove(seconds, rate, tempo).T, rate, subtype="PCM_24")
    return path


def grown_to(app, frame: int) -> bool:
    """Whether the window knows that the selected take has come to `frame`; what it is told of a take comes late."""
    growth = app.state.lane and app.state.lane.growth
    return growth is not None and growth.frame == frame


def drag_from(handle: QWidget) -> None:
    """Press it, and move far enough for a drag."""
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(10, 5))
    QTest.mouseMove(handle, QPoint(60, 40))


def press(app, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key of the window, which may have lost the keyboard: the windowless platform takes it
    from a window when the one before it has gone."""
    if not app.window.isActiveWindow():
        app.window.activateWindow()
        assert QTest.qWaitForWindowActive(app.window)
    QTest.keyClick(app.window.focusWidget() or app.window, key, modifier)
