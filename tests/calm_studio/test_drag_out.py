"""The files that are dragged out, and the handle that waits for them; the drag itself is done in test_xvfb.py."""

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest

from calm_studio.drag_out import DragHandle, TakeFiles, file_mime
from engine.errors import CalmError
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import tone


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


def test_a_take_is_written_once_for_each_length(tmp_path):
    files, take = TakeFiles(tmp_path / "new" / "folder"), a_take()
    first = files.file_of(take)
    assert files.file_of(take) == first
    take.append(tone(0.2))
    longer = files.file_of(take)
    assert longer != first
    assert [soundfile.info(path).frames for path in (first, longer)] == [48_000, 57_600]
    saved, _ = soundfile.read(longer, dtype="float32")
    assert np.abs(saved.T - take.audio.samples).max() <= 2**-23


def test_a_file_that_was_moved_away_is_written_again(tmp_path):
    files, take = TakeFiles(tmp_path), a_take()
    files.file_of(take).unlink()
    assert files.file_of(take).exists()


def test_a_folder_that_cannot_be_made_is_a_user_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CalmError, match="cannot be made") as error:
        TakeFiles(tmp_path / "file" / "folder").file_of(a_take())
    assert "Export" in error.value.advice


def test_the_drag_waits_for_its_file(handle, drags, tmp_path):
    wanted = []
    handle.wanted.connect(lambda: wanted.append(True))
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert wanted
    QTest.mouseMove(handle, QPoint(60, 40))
    assert drags == []
    handle.offer(tmp_path / "take.wav")
    assert drags == [str(tmp_path / "take.wav")]
    QTest.mouseMove(handle, QPoint(90, 40))
    assert len(drags) == 1


def test_a_small_move_is_no_drag(handle, drags, tmp_path):
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    handle.offer(tmp_path / "take.wav")
    QTest.mouseMove(handle, QPoint(7, 6))
    assert drags == []


def test_a_file_that_comes_after_the_button_was_let_go_is_not_dragged(handle, drags, tmp_path):
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(handle, QPoint(60, 40))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton)
    handle.offer(tmp_path / "take.wav")
    assert drags == []


def test_the_mime_data_is_one_file(tmp_path):
    mime = file_mime(tmp_path / "my take.wav")
    assert mime.hasFormat("text/uri-list")
    assert bytes(mime.data("text/uri-list")).decode().strip() == (tmp_path / "my take.wav").as_uri()
