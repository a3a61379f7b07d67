"""Stars, names, notes, colours, mute, order, copies and undo, by mouse and keys in the real window."""

import itertools

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu
from wavinfo import WavInfoReader

from calm_studio import theme
from calm_studio.export_form import PARTS, STARRED
from calm_studio.meter import FLOOR_DB
from calm_studio.timeline.lane import HEADER
from calm_studio.timeline.line_editor import LineEditor
from engine.metadata.read import read as read_metadata
from engine.recipe import from_json
from tests.calm_studio.fakes import drag_from, press
from tests.calm_studio.test_lanes import where

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
KEYS = Qt.Key


@pytest.fixture
def two(grooving, make):
    """Takes 1 and 2, the second above the first and selected, and nothing sounds."""
    grooving.window.controls.length.set_seconds(2.0)
    for _ in range(2):
        make(grooving)
    grooving.window.transport.stop.click()
    return grooving


def order(app) -> list[int]:
    """Takes from the top, as they are laid out."""
    app.window.timeline._column.activate()
    lanes = app.window.timeline.lanes
    return sorted(lanes, key=lambda take_id: lanes[take_id].y())


def type_into_lane(app, text: str, end=KEYS.Key_Return):
    (editor,) = (each for each in app.window.timeline.findChildren(LineEditor) if not each.isHidden())
    assert editor.hasFocus()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, end)


def test_a_take_is_renamed_by_f2_and_by_a_double_click_on_its_name(two):
    lane = two.window.timeline.lanes[2]
    press(two, KEYS.Key_F2)
    type_into_lane(two, "Chorus sml")  # letters that are keys of the window elsewhere
    assert "Chorus sml" in lane.title.text()
    assert lane.accessibleName() == "Chorus sml"
    assert two.window.focusWidget() is two.window.timeline
    QTest.mouseDClick(lane, Qt.MouseButton.LeftButton, pos=QPoint(30, HEADER // 2))
    type_into_lane(two, "Verse", end=KEYS.Key_Escape)
    assert two.state.lane.called == "Chorus sml"
    assert len(two.state.lanes) == 2, "no branch was made"
    press(two, KEYS.Key_Z, CTRL)
    assert "Take B" in lane.title.text()
    press(two, KEYS.Key_Z, CTRL_SHIFT)
    assert "Chorus sml" in lane.title.text()


def test_name_and_notes_are_in_the_file(two, save, tmp_path):
    press(two, KEYS.Key_F2)
    type_into_lane(two, "Chorus: idea/2")
    press(two, KEYS.Key_N)
    type_into_lane(two, "more bass")
    assert "more bass" in two.window.timeline.lanes[2].toolTip()
    two.window.controls.export_button.click()
    two.window.export_sheet.save.click()
    dialog = two.window.findChild(QFileDialog)
    assert dialog.selectedFiles()[0].endswith(f"Chorus_idea_2_cont02_120bpm{key(two)}_s{seed(two)}.wav")
    dialog.close()
    save(two, tmp_path / "out.wav")
    about = read_metadata(tmp_path / "out.wav")
    assert about.title == "Chorus: idea/2"
    assert about.description.startswith("more bass. groove up to")
    assert WavInfoReader(str(tmp_path / "out.wav")).bext.description.startswith("more bass. groove up to")


def key(app) -> str:
    heard = app.state.lane.heard
    return f"_{heard.key.short}" if heard.key_confidence >= 0.5 else ""


def seed(app) -> int:
    return app.state.lane.take.request.seed


def test_a_take_is_starred_by_key_and_click(two):
    press(two, KEYS.Key_S)
    assert two.state.lane.marks.starred
    QTest.mouseClick(two.window.timeline.lanes[1].star, Qt.MouseButton.LeftButton)
    assert [lane.marks.starred for lane in two.state.lanes] == [True, True]
    press(two, KEYS.Key_S)
    assert [lane.marks.starred for lane in two.state.lanes] == [False, True]
    assert order(two) == [2, 1], "the order stays"


def test_starred_takes_are_exported_at_once_under_names_that_do_not_collide(two, make, save, tmp_path):
    third = make(two).take.id
    two.window.transport.stop.click()
    for take_id in (1, third):
        two.window.timeline.lanes[take_id].star.click()
        two.window.timeline.lanes[take_id].titled.emit("Same")
    (tmp_path / "out").mkdir()
    assert two.window.timeline.footer.export_starred.isVisible()
    for count in (2, 4):
        two.window.timeline.footer.export_starred.click()
        assert two.window.export_sheet.choice is STARRED
        assert "EXPORT 2 TAKES" in two.window.export_sheet.title.text()
        assert "Saved 2 takes" in save(two, tmp_path / "out")
        two.window.banner.close_button.click()
        files = sorted((tmp_path / "out").iterdir())
        assert len(files) == count
    seeds = {from_json(read_metadata(path).recipe).seed for path in files}
    assert seeds == {two.state.lane_of(take_id).take.request.seed for take_id in (1, third)}


def test_starred_takes_are_dragged_instead_of_all_and_muted_ones_are_left_out_of_all(two, qtbot, monkeypatch):
    names, handle = [], two.window.timeline.footer.drag_all
    monkeypatch.setattr(QDrag, "exec", lambda drag, action: names.append(len(drag.mimeData().urls())))
    assert handle.text().endswith("Drag all takes")
    drag_from(handle)
    qtbot.waitUntil(lambda: names == [2])
    press(two, KEYS.Key_M)
    assert handle.isHidden(), "one is left, which has a handle of its own"
    press(two, KEYS.Key_S)
    assert handle.text().endswith("Drag 1 starred")
    drag_from(handle)
    qtbot.waitUntil(lambda: names == [2, 1])


def test_the_sheet_offers_starred_takes_when_there_are_some(two):
    item = two.window.export_sheet.part.model().item(PARTS.index(STARRED))
    two.window.show_export(two.state)
    assert not item.isEnabled()
    press(two, KEYS.Key_S)
    two.window.export_sheet.cancel.click()
    two.window.show_export(two.state)
    assert item.isEnabled()


def test_a_muted_take_passes_in_silence_and_sounds_again(two, qtbot):
    meter = two.window.transport.levels.meter
    two.playing.seek(2, 0.0)
    press(two, KEYS.Key_Space)
    qtbot.waitUntil(lambda: max(meter.levels) > FLOOR_DB)
    press(two, KEYS.Key_M)
    assert "muted" in two.window.timeline.lanes[2].title.text()
    qtbot.waitUntil(lambda: max(meter.levels) == FLOOR_DB)
    assert two._deck.seconds is not None, "time goes on"
    assert two.state.lane.take.playhead is not None, "it is still followed"
    press(two, KEYS.Key_M)
    qtbot.waitUntil(lambda: max(meter.levels) > FLOOR_DB)


def test_a_take_has_a_colour_from_key_and_menu(two):
    lane, (name, colour) = two.window.timeline.lanes[2], theme.LANE_COLOURS[0]
    press(two, KEYS.Key_C)
    assert colour in lane.title.text()
    assert where(lane, colour).min() < 4
    two.window.timeline.menu_wanted.emit(2, 1.0, QPoint(300, 300))
    colours = next(menu for menu in two.window.findChildren(QMenu) if menu.title() == "Colour")
    assert [action.text() for action in colours.actions() if action.isChecked()] == [name]
    colours.actions()[0].trigger()
    assert two.state.lane.marks.colour is None
    colours.parent().hide()
    for _ in theme.LANE_COLOURS:
        press(two, KEYS.Key_C)
    assert two.state.lane.marks.colour == len(theme.LANE_COLOURS) - 1
    press(two, KEYS.Key_C)
    assert two.state.lane.marks.colour is None


def test_takes_are_reordered_by_keys_and_by_dragging_their_heads(two):
    press(two, KEYS.Key_Down, ALT)
    assert order(two) == [1, 2]
    press(two, KEYS.Key_Down, ALT)
    assert order(two) == [1, 2], "it is the last"
    press(two, KEYS.Key_Up, ALT)
    assert order(two) == [2, 1]
    lane, below = two.window.timeline.lanes[2], two.window.timeline.lanes[1]
    target = lane.mapFromGlobal(below.mapToGlobal(QPoint(40, below.height() - 5)))
    QTest.mousePress(lane, Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    QTest.mouseMove(lane, target)
    assert two.window.timeline.overlay._gap > below.geometry().bottom()
    QTest.mouseRelease(lane, Qt.MouseButton.LeftButton, pos=target)
    assert order(two) == [1, 2]
    assert two.window.timeline.overlay._gap is None
    press(two, KEYS.Key_Z, CTRL)
    assert order(two) == [2, 1]


def test_a_click_on_a_head_selects_the_take_and_leaves_the_cursor(two):
    two.playing.seek(2, 4.0)
    lane = two.window.timeline.lanes[1]
    QTest.mouseClick(lane, Qt.MouseButton.LeftButton, pos=QPoint(300, 10))
    assert (two.state.chosen, two.state.cursor, order(two)) == (1, 4.0, [2, 1])


def test_a_duplicate_lies_above_its_original_and_can_be_undone_and_exported(two, qtbot, save, tmp_path):
    two.playing.seek(1, 4.0)
    press(two, KEYS.Key_D, CTRL)
    qtbot.waitUntil(lambda: len(two.state.lanes) == 3)
    copy = two.state.lane
    assert (copy.name, copy.note) == ("Take C", "copy of A")
    assert [lane.name for lane in two.state.lanes] == ["Take B", "Take C", "Take A"]
    assert two.state.cursor == 4.0
    press(two, KEYS.Key_Z, CTRL)
    assert [lane.name for lane in two.state.lanes] == ["Take B", "Take A"]
    press(two, KEYS.Key_Z, CTRL_SHIFT)
    assert [lane.name for lane in two.state.lanes] == ["Take B", "Take C", "Take A"]
    two.window.controls.export_button.click()
    save(two, tmp_path / "copy.wav")
    saved, _ = soundfile.read(tmp_path / "copy.wav", dtype="float32")
    assert np.array_equal(saved.T, two.state.lane_of(1).take.audio.samples)


def test_a_trim_by_mouse_is_undone_as_a_whole(two):
    prompt = two.window.timeline.prompt_lane
    for grab, to in ((8.0, 6.0), (0.0, 2.0)):
        QTest.mousePress(prompt, Qt.MouseButton.LeftButton, pos=QPoint(round(prompt.x(grab)), 50))
        for part in (0.3, 0.6, 1.0):
            QTest.mouseMove(prompt, QPoint(round(prompt.x(grab + part * (to - grab))), 50))
        QTest.mouseRelease(prompt, Qt.MouseButton.LeftButton, pos=QPoint(round(prompt.x(to)), 50))
    spans = []
    for _ in range(2):
        press(two, KEYS.Key_Z, CTRL)
        spans.append((round(two.state.clip.start, 1), round(two.state.clip.stop, 1)))
    assert spans == [(0.0, 6.0), (0.0, 8.0)]


def test_writing_goes_on_while_edits_are_undone(grooving, qtbot):
    grooving.window.controls.length.set_seconds(8.0)
    grooving.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: grooving.state.lane is not None)
    take = grooving.state.lane.take
    for _ in range(10):
        press(grooving, KEYS.Key_S)
        press(grooving, KEYS.Key_Z, CTRL)
        qtbot.wait(5)
    assert grooving.state.lane.take is take
    qtbot.waitUntil(lambda: take.state == "finished")
    assert take.full and not grooving.state.lane.marks.starred


def test_branches_are_joined_to_their_parents_and_reached_by_keys(two, make, qtbot):
    branch = make(two, lambda: two.making.branch(1, 9.0)).take.id
    timeline = two.window.timeline
    qtbot.waitUntil(lambda: timeline.lanes[branch].width() == timeline.lanes[1].width())
    ((start, stop),) = timeline.overlay.lines
    parent, child = timeline.lanes[1], timeline.lanes[branch]
    assert start.x() == stop.x() == pytest.approx(parent.x(9.0), abs=1.0)
    assert parent.geometry().contains(start.toPoint()) and child.geometry().contains(stop.toPoint())
    walk = []
    for name in (KEYS.Key_Left, KEYS.Key_Left, KEYS.Key_Right, KEYS.Key_Right):
        press(two, name, ALT)
        walk.append(two.state.chosen)
    assert walk == [1, 1, branch, branch]
    two.window.timeline.lanes[1].titled.emit("Verse")
    assert "branched from Verse at 9.0 s" in timeline.lanes[branch].title.text()
    two.playing.seek(1, 0.0)
    press(two, KEYS.Key_Delete)
    assert timeline.overlay.lines == []


def test_the_line_is_seen(two, make, qtbot):
    branch = make(two, lambda: two.making.branch(1, 9.0)).take.id
    timeline = two.window.timeline
    qtbot.waitUntil(lambda: timeline.lanes[branch].width() == timeline.lanes[1].width())
    image = timeline.overlay.parentWidget().grab().toImage()
    between = timeline.lanes[2].geometry().center().y()
    colour = image.pixelColor(int(timeline.lanes[branch].x(9.0)), between)
    assert colour.blue() > colour.green() + 30, "violet, across the lane between the two"


def test_end_and_home_go_to_both_ends_of_the_take(two):
    press(two, KEYS.Key_End)
    assert two.state.cursor == pytest.approx(10.0)
    press(two, KEYS.Key_Home)
    assert two.state.cursor == 0.0


def test_another_take_is_heard_at_the_same_second(two, qtbot):
    two.playing.seek(2, 3.0)
    press(two, KEYS.Key_Space)
    qtbot.waitUntil(lambda: two.state.lane_of(2).take.playhead is not None)
    press(two, KEYS.Key_Down)
    qtbot.waitUntil(lambda: two.state.lane_of(1).take.playhead is not None)
    assert two.state.cursor == 3.0
    assert two.playing.now >= 3.0


def test_the_menu_does_what_the_keys_do(two, qtbot):
    two.window.timeline.menu_wanted.emit(1, 4.0, QPoint(300, 300))
    menu = next(menu for menu in two.window.findChildren(QMenu) if not menu.title())
    actions = {action.text().split("\t")[0]: action for action in menu.actions()}
    for words in ("Star", "Mute", "Duplicate"):
        actions[words].trigger()
    menu.hide()
    assert (two.state.lane_of(1).marks.starred, two.state.lane_of(1).marks.muted) == (True, True)
    qtbot.waitUntil(lambda: len(two.state.lanes) == 3)


def test_names_of_takes_are_shown_as_they_are_written(two):
    two.window.timeline.lanes[2].titled.emit("<b>odd</b>")
    assert "&lt;b&gt;odd" in two.window.timeline.lanes[2].title.text()


def test_nothing_happens_without_a_take(app):
    keys = (KEYS.Key_S, KEYS.Key_M, KEYS.Key_C, KEYS.Key_N, KEYS.Key_F2, KEYS.Key_Delete, KEYS.Key_I, KEYS.Key_O)
    before = app.state
    for name, modifier in itertools.product(keys, (Qt.KeyboardModifier.NoModifier,)):
        press(app, name, modifier)
    for name in (KEYS.Key_Up, KEYS.Key_Down, KEYS.Key_Left, KEYS.Key_Right):
        press(app, name, ALT)
    press(app, KEYS.Key_D, CTRL)
    press(app, KEYS.Key_Z, CTRL)
    assert (app.state.lanes, app.state.selection, app.state.notice) == (before.lanes, None, None)
