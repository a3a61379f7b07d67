"""The delay of a timer in the window's event loop."""

import time

import pytest
from PySide6.QtCore import QTimer

from calm_studio.heartbeat import beats, lateness


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([0, 10, 20, 30], [0, 0, 0]),
        ([0, 10, 22, 30], [0, 2, 0]),  # one that comes too soon is not late
        ([0, 10, 45, 55], [0, 25, 15, 5, 0]),  # two fell out: they are as late as the one that came
    ],
)
def test_lateness(moments, expected):
    assert lateness([float(moment) for moment in moments]) == expected


def test_beats_come_while_the_loop_runs_and_one_that_is_held_up_is_late(qapp):
    calls = []
    QTimer.singleShot(100, lambda: time.sleep(0.08))
    moments = beats(0.4, lambda: calls.append(len(calls)))
    assert 5 < len(moments) == len(calls) < 45
    assert list(moments) == sorted(moments)
    assert max(lateness(moments)) >= 60
