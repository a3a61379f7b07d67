"""A guard against a PySide6 that this app cannot run on."""

import sys

import pytest
from PySide6.QtCore import QObject, Signal


class Bell(QObject):
    rung = Signal(bool)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from Python 3.12 on True is immortal and cannot be lost")
def test_signals_do_not_lose_references_to_true(qapp):
    """PySide6 6.12.0 on Python 3.11 loses one at every emission and aborts after about 570 of them."""
    bell = Bell()
    heard = []
    bell.rung.connect(heard.append)
    before = sys.getrefcount(True)
    for _ in range(200):
        bell.rung.emit(True)
    heard.clear()
    assert abs(sys.getrefcount(True) - before) < 100
