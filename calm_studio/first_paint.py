"""The moment at which the window is there. Loading the model waits for it: two threads that import take turns, and the
window would come later for it."""

import threading
import time
from collections.abc import Callable

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

from engine.errors import CalmError

PATIENCE = 5.0
"""Seconds after which the model is loaded all the same, where no window is painted."""

LONGEST = 60.0
"""Seconds that are waited for it when it is measured."""


class FirstPaint(QObject):
    """Sets `shown` once `window` and all in it was painted."""

    def __init__(self, window: QWidget, shown: threading.Event):
        super().__init__(window)
        self._shown = shown
        self._at: tuple[float, float, float] | None = None
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._at is None:
            self._at = (0.0, 0.0, 0.0)
            QTimer.singleShot(0, self._on_painted)
        return False

    def _on_painted(self) -> None:
        """What was painted together with the window is done by now."""
        self._at = age(), time.process_time(), time.thread_time()
        self._shown.set()

    def wait(self) -> dict:
        """How long it took: seconds by the clock since the process was started, of CPU time of all threads, and of the
        window's. Raises CalmError where nothing is painted."""
        end = time.monotonic() + LONGEST
        while not self._shown.is_set():
            if time.monotonic() > end:
                raise CalmError(f"No window appeared within {LONGEST:g} s", "Look at the log for what went wrong")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)
        wall, cpu, own = self._at
        seconds = {"wall_s": wall, "cpu_s": cpu, "window_cpu_s": own}
        return {name: round(value, 3) for name, value in seconds.items()}


def age() -> float:
    """Seconds since this process was started. On Linux psutil adds exact ticks to a boot time in whole seconds, which
    is wrong by up to one; by the clock that counts from boot it is right to 10 ms."""
    started = psutil.Process().create_time()
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME) - (started - psutil.boot_time())
    return time.time() - started


def after(shown: threading.Event, load: Callable) -> Callable:
    """`load`, which waits for the window first."""

    def wait_and_load(progress: Callable[[float, float, str], None]) -> object:
        shown.wait(PATIENCE)
        return load(progress)

    return wait_and_load


def in_words(result: dict) -> str:
    return (
        f"The window was painted {result['wall_s']} s after the process began, with {result['cpu_s']} s of CPU time, "
        f"{result['window_cpu_s']} s of it in the window's thread"
    )
