"""Guards that hold for every test: no thread is left behind, and no warning is logged unexpectedly."""

import logging
import threading

import pytest


@pytest.fixture(autouse=True)
def no_leaked_threads():
    before = set(threading.enumerate())
    yield
    leaked = [thread for thread in threading.enumerate() if thread not in before]
    for thread in leaked:
        thread.join(timeout=1.0)
    assert not [thread.name for thread in leaked if thread.is_alive()], "this test left threads behind"


@pytest.fixture(autouse=True)
def no_unexpected_warnings_logged(caplog):
    """A test that provokes a warning in the log looks at it and then calls `caplog.clear()`."""
    yield
    loud = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert not loud, f"logged unexpectedly: {loud}"
