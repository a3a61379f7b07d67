"""Between Qt's event loop and everything that takes time: the engine's session, and work on files.

Threads: everything here is used from the GUI thread. Work runs in threads of its own and comes back by queued signals.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import CalmError
from engine.session import Session

PERIOD_MS = 33
OnError = Callable[[CalmError], None]


class Ticker(QObject):
    """Asks the session for its events on the window's own clock; `ticked` carries them, also when there are none."""

    ticked = Signal(list)

    def __init__(self, session: Session):
        super().__init__()
        self._session = session
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def _on_timeout(self) -> None:
        self.ticked.emit(self._session.poll())

    def stop(self) -> None:
        self._timer.stop()


class Background(QObject):
    """Does slow work off the GUI thread, one piece after the other, and hands the results back on it."""

    _ended = Signal(object, object)

    def __init__(self, name: str, on_error: OnError):
        super().__init__()
        self._on_error = on_error
        self._closed = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._ended.connect(self._on_ended)

    def run(self, work: Callable[[], object], done: Callable[[object], None], failed: OnError | None = None) -> None:
        """Call `done` with what `work` returns, or `failed` (else `on_error`) with the CalmError it raises.

        Anything else it raises goes to the excepthook.
        """
        self._worker.submit(self._attempt, work, done, failed or self._on_error)

    def _attempt(self, work: Callable[[], object], done: Callable[[object], None], failed: OnError) -> None:
        """The worker thread's one exception boundary."""
        try:
            self._ended.emit(done, work())
        except CalmError as error:
            self._ended.emit(failed, error)
        except Exception as error:  # noqa: BLE001
            sys.excepthook(type(error), error, error.__traceback__)

    def _on_ended(self, call: Callable[[object], None], value: object) -> None:
        if not self._closed:
            call(value)

    def finish(self) -> None:
        """Wait for all that was given; nobody is told of it."""
        self._closed = True
        self._worker.shutdown()

    def close(self) -> None:
        """Drop what was not begun, wait for what was, and tell nobody of it: the window may be gone by then."""
        self._closed = True
        self._worker.shutdown(cancel_futures=True)
