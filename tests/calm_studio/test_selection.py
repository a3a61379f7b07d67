"""A part of the timeline, marked by mouse and keys in the real window, looped, exported and dragged out."""

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest

from calm_studio.export_form import PARTS, SELECTION, WHOLE
from engine.metadata.read import read as read_metadata
from tests.calm_studio.fakes import drag_from, press

RATE = 44_100
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def taken(grooving, make):
    """A take of 8 + 4 seconds at 120 bpm, selected and silent, the cursor at 9 s."""
    make(grooving)
    grooving.window.transport.stop.click()
    grooving.playing.seek(grooving.state.chosen, 9.0)
    return grooving


def lane_of(app):
    return app.window.timeline.lanes[app.state.chosen]


def drag(widget, start: float, stop: float, y: int = 120):
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=QPoint(round(start), y))
    QTest.mouseMove(widget, QPoint(round((start + stop) / 2), y))
    QTest.mouseMove(widget, QPoint(round(stop), y))
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=QPoint(round(stop), y))


def span(app) -> tuple[float, float] | None:
    marked = app.state.selection
    return marked and (round(marked.start, 1), round(marked.stop, 1))


def test_a_drag_over_a_take_marks_a_part_and_its_edges_can_be_dragged_on(taken):
    lane = lane_of(taken)
    drag(lane, lane.x(9.0), lane.x(11.0))
    assert span(taken) == (9.0, 11.0)
    assert taken.state.cursor == pytest.approx(9.0, abs=0.02), "playing starts where it begins"
    assert lane._selection_words.endswith("1 bar")
    drag(lane, lane.x(11.0) + 3, lane.x(10.0))
    assert span(taken) == (9.0, 10.0)
    drag(lane, lane.x(9.0) - 3, lane.x(11.0))
    assert span(taken) == (10.0, 11.0), "dragged beyond the other edge"
    assert taken.state.cursor == pytest.approx(9.0, abs=0.02), "an edge is no place to go to"


def test_a_click_marks_nothing_and_leaves_what_is_marked(taken):
    lane = lane_of(taken)
    drag(lane, lane.x(9.0), lane.x(9.0) + 2)
    assert span(taken) is None
    drag(lane, lane.x(9.0), lane.x(11.0))
    QTest.mouseClick(lane, Qt.MouseButton.LeftButton, pos=QPoint(round(lane.x(4.0)), 120))
    assert span(taken) == (9.0, 11.0)
    QTest.mouseClick(lane, Qt.MouseButton.LeftButton, SHIFT, QPoint(round(lane.x(10.0)), 120))
    assert span(taken) == (9.0, 10.0)


def test_the_ruler_marks_too_and_the_prompt_beside_its_edges(taken):
    ruler, prompt = taken.window.timeline.ruler, taken.window.timeline.prompt_lane
    drag(ruler, prompt.x(2.0), prompt.x(5.0), y=10)
    assert span(taken) == (2.0, 5.0)
    drag(prompt, prompt.x(3.0), prompt.x(4.0), y=50)
    assert span(taken) == (3.0, 4.0)
    assert taken.state.chosen is None
    drag(prompt, prompt.x(8.0), prompt.x(6.0), y=50)
    assert span(taken) == (3.0, 4.0), "its edge is trimmed"
    assert taken.state.clip.stop == pytest.approx(6.0, abs=0.05)


def test_the_mouse_shows_that_an_edge_can_be_taken(taken):
    lane = lane_of(taken)
    taken.playing.mark(9.0, 11.0)
    QTest.mouseMove(lane, QPoint(round(lane.x(11.0)), 120))
    assert lane.cursor().shape() == Qt.CursorShape.SizeHorCursor
    QTest.mouseMove(lane, QPoint(round(lane.x(10.0)), 120))
    assert lane.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_keys_mark_by_beats_begin_end_and_clear(taken):
    for _ in range(4):
        press(taken, Qt.Key.Key_Right, SHIFT)
    assert span(taken) == (9.0, 11.0), "four beats"
    press(taken, Qt.Key.Key_Left, SHIFT)
    assert span(taken) == (9.0, 10.5)
    press(taken, Qt.Key.Key_Right)
    assert taken.state.cursor == pytest.approx(9.5, abs=0.02)
    press(taken, Qt.Key.Key_I)
    assert span(taken) == (9.5, 10.5)
    press(taken, Qt.Key.Key_Left)
    press(taken, Qt.Key.Key_O)
    assert span(taken)[1] == 9.0
    press(taken, Qt.Key.Key_Escape)
    assert span(taken) is None


def test_escape_clears_before_it_stops_what_is_written(grooving, qtbot):
    grooving.window.controls.length.set_seconds(60.0)
    grooving.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: grooving.state.writing is not None)
    grooving.playing.mark(1.0, 2.0)
    press(grooving, Qt.Key.Key_Escape)
    assert grooving.state.writing is not None and grooving.state.selection is None
    press(grooving, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: grooving.state.writing is None)


def test_l_loops_what_is_marked_of_a_take_and_of_the_prompt(taken, qtbot):
    taken.playing.mark(9.0, 9.3)
    press(taken, Qt.Key.Key_L)
    press(taken, Qt.Key.Key_Space)
    times = []
    qtbot.waitUntil(lambda: (times.append(taken.playing.now), turns(times) > 1)[1])
    assert 9.0 <= min(times) and max(times) < 9.3
    assert taken.state.lane.loop is None, "no loop was looked for"
    taken.playing.mark(2.0, 2.3)
    taken.playing.seek(None, 2.0)
    times.clear()
    qtbot.waitUntil(lambda: (times.append(taken.playing.now), turns(times) > 1)[1])
    assert 2.0 <= min(times) and max(times) < 2.3


def turns(times: list[float]) -> int:
    """How often the time went back."""
    return int((np.diff(times) < 0).sum())


def test_what_is_marked_is_exported(taken, save, tmp_path):
    taken.playing.mark(7.0, 10.0)
    taken.window.controls.export_button.click()
    sheet = taken.window.export_sheet
    assert sheet.choice is SELECTION
    assert "3.0 s" in sheet.facts.text()
    assert "Saved part.wav" in save(taken, tmp_path / "part.wav")
    saved, _ = soundfile.read(tmp_path / "part.wav", dtype="float32")
    assert np.array_equal(saved.T, taken.state.lane.take.samples[:, 7 * RATE : 10 * RATE])
    about = read_metadata(tmp_path / "part.wav")
    assert (about.cut, about.time_reference) == (RATE, 7 * RATE)


def test_without_a_selection_none_is_offered(taken):
    sheet, index = taken.window.export_sheet, PARTS.index(SELECTION)
    taken.playing.mark(7.0, 10.0)
    taken.window.show_export(taken.state)
    sheet.cancel.click()
    taken.playing.clear()
    taken.window.show_export(taken.state)
    assert sheet.choice is WHOLE
    assert not sheet.part.model().item(index).isEnabled()


def test_what_is_marked_is_dragged_out(taken, qtbot, tmp_path, monkeypatch):
    urls = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, action: urls.extend(drag.mimeData().urls()))
    handle = lane_of(taken).drag
    assert handle.text().endswith("Drag to DAW")
    taken.playing.mark(7.0, 10.0)
    assert handle.text().endswith("Drag selection")
    drag_from(handle)
    qtbot.waitUntil(lambda: bool(urls))
    assert urls[0].fileName().endswith("_7.00-10.00s.wav")
    assert soundfile.info(urls[0].toLocalFile()).frames == 3 * RATE


def test_the_selection_stays_when_another_take_is_picked_and_is_shown_in_that(taken, make):
    first = taken.state.chosen
    taken.playing.mark(9.0, 10.0)
    second = make(taken).take.id
    lanes = taken.window.timeline.lanes
    assert lanes[first]._selection is None
    assert lanes[second]._selection == taken.state.selection
