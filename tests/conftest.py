"""Guards that hold for every test: no thread is left behind, no warning is logged unexpectedly, and the user's cache is
left alone."""

import logging
import threading

import platformdirs
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


@pytest.fixture(autouse=True, scope="session")
def a_cache_of_their_own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(platformdirs, "user_cache_path", lambda app, **_: folder / app)
        yield
