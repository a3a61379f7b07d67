"""A thread's one exception boundary: what goes wrong comes back in words for the user."""

from __future__ import annotations

import logging
from collections.abc import Callable

from engine.errors import CalmError

log = logging.getLogger(__name__)


def attempt(work: Callable[..., None], *args) -> CalmError | None:
    """Do `work`; return what went wrong."""
    try:
        work(*args)
    except Exception as error:  # noqa: BLE001
        return _in_words(error)
    return None


def _in_words(error: Exception) -> CalmError:
    """A fresh error without a traceback, so that nothing the work had in memory outlives it."""
    if isinstance(error, CalmError):
        return CalmError(error.message, error.advice)
    log.error("unexpected error in the session", exc_info=error)
    if _out_of_memory(error):
        return CalmError(
            "The memory ran out", "Use a shorter prompt, close other programs, or choose the CPU as the device"
        )
    return CalmError(
        f"Something unexpected went wrong ({type(error).__name__}: {error})",
        "Try again; if it happens again, start the app anew and report these words",
    )


def _out_of_memory(error: Exception) -> bool:
    """Told by the words, since torch has one type for CUDA and only RuntimeError for the others."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in words or "can't allocate memory" in words
