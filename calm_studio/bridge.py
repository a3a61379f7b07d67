"""Between Qt's event loop and everything that takes time: the engine's session, and work on files.

Threads: everything here is used from the GUI thread. Work runs on a pool of its own and comes back as a queued signal.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from engine.errors import CalmError
from engine.events import Event
from engine.session import Session

PERIOD_MS = 33


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
        events: list[Event] = self._session.poll()
        self.ticked.emit(events)

    def stop(self) -> None:
        self._timer.stop()


class Background(QObject):
    """Does slow work off the GUI thread, one piece after the other, and hands the result back on it."""

    _ended = Signal(object, object)

    def __init__(self, on_error: Callable[[CalmError], None]):
        super().__init__()
        self._on_error = on_error
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._ended.connect(self._on_ended)

    def run(self, work: Callable[[], object], done: Callable[[object], None]) -> None:
        """Call `done` with what `work` returns; a CalmError goes to `on_error`, anything else is a crash report."""

        def attempt() -> None:
            try:
                self._ended.emit(done, work())
            except CalmError as error:
                self._ended.emit(self._on_error, error)

        self._pool.start(attempt)

    def _on_ended(self, call: Callable[[object], None], value: object) -> None:
        call(value)

    def wait(self) -> None:
        """Until all work that was started has ended."""
        self._pool.waitForDone()
