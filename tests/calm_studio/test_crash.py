"""Unexpected errors, in any thread, end in the log file and in the banner, and not the app."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from calm_studio.bridge import Background
from calm_studio.crash import CrashReporter
from calm_studio.diagnosing import Diagnosing


@pytest.fixture
def crash(tmp_path, app):
    reporter = CrashReporter(tmp_path / "log")
    before = sys.excepthook, threading.excepthook
    reporter.install()
    reporter.crashed.connect(app.report_crash)
    yield reporter
    reporter.uninstall()
    sys.excepthook, threading.excepthook = before


def fail():
    raise ZeroDivisionError("seven by zero")


def in_a_slot():
    QTimer.singleShot(0, fail)


def in_a_thread():
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def in_the_background():
    background = Background("failing", fail)
    background.run(fail, fail)
    background.close()


@pytest.mark.parametrize("happen", [in_a_slot, in_a_thread, in_the_background])
def test_unexpected_errors_are_logged_and_shown(crash, app, qtbot, caplog, happen):
    happen()
    qtbot.waitUntil(lambda: app.window.banner.isVisible())
    assert "ZeroDivisionError: seven by zero" in app.window.banner.text.text()
    assert str(crash.path) in app.window.banner.text.text()
    text = crash.path.read_text()
    assert 'raise ZeroDivisionError("seven by zero")' in text, "the log holds the whole traceback"
    caplog.clear()


def test_the_diagnostics_can_be_copied_and_the_takes_are_still_there(crash, grooving, make, qtbot, caplog):
    make(grooving)
    Diagnosing(grooving, grooving.desk, crash.path)
    crash.crashed.connect(grooving.report_crash)
    in_a_slot()
    qtbot.waitUntil(lambda: grooving.window.banner.copy.isVisible())
    grooving.window.banner.copy.click()
    qtbot.waitUntil(lambda: "on the clipboard" in grooving.window.banner.text.text())
    copied = QApplication.clipboard().text()
    assert "seven by zero" in copied and "CALM Studio" in copied
    assert str(Path.home()) not in copied
    assert len(grooving.state.lanes) == 1 and not grooving.window.banner.copy.isVisible()
    grooving.window.close()
    caplog.clear()


def test_an_interrupt_is_not_a_crash(crash, app, capsys):
    crash.report(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not crash.path.exists()
    assert app.state.notice is None


def test_uninstalling_gives_the_hooks_back(tmp_path):
    before = sys.excepthook, threading.excepthook
    reporter = CrashReporter(tmp_path)
    reporter.install()
    reporter.uninstall()
    assert sys.excepthook is sys.__excepthook__
    assert threading.excepthook is threading.__excepthook__
    sys.excepthook, threading.excepthook = before
