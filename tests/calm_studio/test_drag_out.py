"""The handle waits for the files that are dragged; the drag itself is done in test_xvfb.py."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest

from calm_studio.drag_out import DragHandle, file_mime

COPY_AND_END = """
from pathlib import Path
from PySide6.QtGui import QGuiApplication
from calm_studio.drag_out import file_mime

application = QGuiApplication([])
application.clipboard().setMimeData(file_mime([Path("take.wav").absolute()]))
assert application.clipboard().mimeData().urls()
"""


@pytest.fixture
def drags(monkeypatch):
    drags = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, action: drags.append(drag.mimeData().urls()[0].toLocalFile()))
    return drags


@pytest.fixture
def handle(qtbot, dressed):
    handle = DragHandle("Take A")
    qtbot.addWidget(handle)
    handle.show()
    return handle


def test_the_drag_waits_for_its_file(handle, drags, tmp_path):
    wanted = []
    handle.wanted.connect(lambda: wanted.append(True))
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert wanted
    QTest.mouseMove(handle, QPoint(60, 40))
    assert drags == []
    handle.offer([tmp_path / "take.wav"])
    assert drags == [str(tmp_path / "take.wav")]
    QTest.mouseMove(handle, QPoint(90, 40))
    assert len(drags) == 1


def test_a_small_move_is_no_drag(handle, drags, tmp_path):
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    handle.offer([tmp_path / "take.wav"])
    QTest.mouseMove(handle, QPoint(7, 6))
    assert drags == []


def test_a_file_that_comes_after_the_button_was_let_go_is_not_dragged(handle, drags, tmp_path):
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(handle, QPoint(60, 40))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    handle.offer([tmp_path / "take.wav"])
    assert drags == []


def test_the_mime_data_is_one_file(tmp_path):
    mime = file_mime([tmp_path / "my take.wav"])
    assert mime.formats() == ["text/uri-list"]
    assert bytes(mime.data("text/uri-list")).decode().strip() == (tmp_path / "my take.wav").as_uri()


def test_a_copied_file_may_outlive_python_on_the_clipboard():
    """In a process of its own, whose end is the test."""
    assert subprocess.run([sys.executable, "-c", COPY_AND_END]).returncode == 0
