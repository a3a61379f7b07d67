"""Prints, after the tests, the table of every format, depth and rate that was written and read back."""

import pytest

_ROWS = pytest.StashKey[list[tuple]]()
_TITLES = ("format", "depth", "rate", "from", "libsndfile", "other program", "")


@pytest.fixture
def table(request) -> list[tuple]:
    """Rows of the table; a test appends its own, as wide as the titles."""
    return request.config.stash.setdefault(_ROWS, [])


def pytest_terminal_summary(terminalreporter, config):
    rows = config.stash.get(_ROWS, [])
    if not rows:
        return
    terminalreporter.section("exported files, read back")
    for row in (_TITLES, *rows):
        terminalreporter.line("{:>6} {:>5} {:>6} {:>6}  {:<18} {:<18} {}".format(*row))
