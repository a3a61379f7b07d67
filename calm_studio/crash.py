"""What nobody expected: written to a log file in full, shown in the window in a sentence. The work goes on."""

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from engine.errors import CalmError

log = logging.getLogger("calm_studio")


class CrashReporter(QObject):
    """`crashed` carries a CalmError; it may be raised in any thread and arrives in the window's."""

    crashed = Signal(object)

    def __init__(self, folder: Path):
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "calm-studio.log"
        self._handler = logging.FileHandler(self.path, encoding="utf-8", delay=True)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
        logging.getLogger().addHandler(self._handler)

    def install(self) -> None:
        """Take over the hooks of the interpreter and of its threads."""
        sys.excepthook = self.report
        threading.excepthook = lambda args: self.report(args.exc_type, args.exc_value, args.exc_traceback)

    def uninstall(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log the whole error and announce it."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("".join(traceback.format_exception(kind, error, trace)))
        words = f"Something unexpected happened ({kind.__name__}: {error})"
        self.crashed.emit(CalmError(words, f"Your takes are still here. The details are in {self.path}"))
