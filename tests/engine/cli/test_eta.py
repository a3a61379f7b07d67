import sys

import pytest

from engine.cli import eta


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass between two looks at the clock."""
    moments = iter((10.0, 12.0, 20.0))
    monkeypatch.setattr(eta.time, "monotonic", lambda: next(moments))


def test_the_time_left_follows_from_the_pace_so_far(clock, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    show = eta.countdown("measured")
    for done in (0, 1, 5):
        show(done, 5)
    lines = capsys.readouterr().err.split("\r\x1b[K")[1:]
    assert lines == ["measured: 0 %", "measured: 20 %, 8 s left", "measured: 100 %, 0 s left"]


def test_nobody_is_told_who_does_not_watch(clock, capsys):
    eta.countdown("measured")(1, 2)
    assert capsys.readouterr().err == ""
