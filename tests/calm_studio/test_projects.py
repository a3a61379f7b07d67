"""Projects in the window: kept as they grow, saved, opened, left and recovered."""

import itertools
import json
import os
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from calm_studio.project_chip import keeping_words
from calm_studio.values import Keeping
from engine.project.folder import hold
from engine.project.opening import Opened, open_project
from tests.calm_studio.fakes import drop, press, repeating, write_clip
from tests.engine.fakes import Gated

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def ready(start, qtbot, tmp_path):
    return with_clip(start(generate=repeating), qtbot, tmp_path)


def with_clip(app, qtbot, tmp_path):
    """The app with a clip of one second dropped on it."""
    drop(app.window, write_clip(tmp_path / "riff.wav", rate=44_100))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.window.controls.length.set_seconds(1.0)
    return app


def is_kept(app) -> bool:
    """Whether all that is in the window is in its project."""
    folder = app.projects.keeping.folder
    if folder is None or not (folder / "project.json").exists() or app.state.keeping.changed:
        return False
    data = json.loads((folder / "project.json").read_text())
    lanes = [(lane.called, lane.marks.starred) for lane in app.state.lanes]
    written = [(lane["marks"]["title"] or lane["name"], lane["marks"]["starred"]) for lane in data["lanes"]]
    return written == lanes and len(data["clips"]) == len(app.state.clips)


def on_disk(folder) -> Opened:
    return open_project(folder, itertools.count(1).__next__)


def save_as(app, qtbot, path):
    press(app, Qt.Key.Key_S, CTRL)
    dialog = app.window.findChild(QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: app.projects.keeping.folder == path and app.state.keeping.title == path.stem)


def test_what_is_made_is_kept_without_being_saved(ready, make, qtbot):
    take = make(ready).take
    press(ready, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: is_kept(ready))
    assert "not saved yet" in ready.window.top_bar.project.accessibleName()
    opened = on_disk(ready.projects.keeping.folder)
    assert np.array_equal(opened.takes["0001"].take.audio.samples, take.audio.samples)
    assert opened.arrangement.lanes[0].marks.starred
    assert opened.arrangement.clips[0].source.endswith("riff.wav")


def test_an_example_alone_is_no_project(start, qtbot, tmp_path):
    app = start()
    write_clip(tmp_path / "examples.flac")
    app.opening.load_examples(tmp_path, select_first=True)
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.projects.keeping._looked = 0.0
    app.projects.keeping.look()
    assert app.projects.keeping.folder is None
    app.close()
    assert not (tmp_path / "projects").exists()


def test_frames_are_on_the_disk_while_the_take_is_written(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    gated.let(7)
    qtbot.waitUntil(lambda: bool(app.state.lanes) and len(app.state.lane.take.borders) == 7)
    folder = app.projects.keeping.folder
    qtbot.waitUntil(lambda: list(on_disk(folder).takes["0001"].take.borders) == app.state.lane.take.borders)


def test_saving_moves_the_project_and_goes_on_there(ready, make, qtbot, tmp_path):
    make(ready)
    qtbot.waitUntil(lambda: is_kept(ready))
    untitled = ready.projects.keeping.folder
    save_as(ready, qtbot, tmp_path / "Night drive.calmproject")
    qtbot.waitUntil(lambda: not untitled.exists())
    assert "autosaved" in keeping_words(Keeping("Night drive", saved=True))
    make(ready)
    qtbot.waitUntil(lambda: is_kept(ready))
    assert list(on_disk(tmp_path / "Night drive.calmproject").takes) == ["0001", "0002"]
    press(ready, Qt.Key.Key_S, CTRL)
    assert "is saved" in ready.window.banner.text.text()


def test_save_as_leaves_what_was_saved_and_takes_a_number_where_the_name_is_taken(ready, make, qtbot, tmp_path):
    make(ready)
    save_as(ready, qtbot, tmp_path / "One.calmproject")
    qtbot.waitUntil(lambda: not ready.projects.keeping._busy)
    ready.projects.keeping.save_as(tmp_path / "One.calmproject")
    qtbot.waitUntil(lambda: ready.state.keeping.title == "One_2")
    assert len(on_disk(tmp_path / "One.calmproject").takes) == len(on_disk(tmp_path / "One_2.calmproject").takes) == 1


def test_a_take_that_is_being_written_is_saved_with_the_project_and_goes_on_in_it(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    gated.let(3)
    qtbot.waitUntil(lambda: bool(app.state.lanes) and len(app.state.lane.take.borders) == 3)
    save_as(app, qtbot, tmp_path / "Song.calmproject")
    gated.let(5)
    qtbot.waitUntil(lambda: len(on_disk(tmp_path / "Song.calmproject").takes["0001"].take.borders) == 8)


def test_where_a_project_cannot_be_saved_that_is_said_and_it_stays_where_it_is(ready, make, qtbot, tmp_path):
    make(ready)
    qtbot.waitUntil(lambda: is_kept(ready))
    before = ready.projects.keeping.folder
    (tmp_path / "file").write_text("in the way")
    ready.projects.keeping.save_as(tmp_path / "file" / "Song")
    qtbot.waitUntil(lambda: ready.state.notice is not None)
    assert ready.state.notice.kind == "error"
    assert ready.projects.keeping.folder == before
    make(ready)
    qtbot.waitUntil(lambda: is_kept(ready))


def look_of(app) -> tuple:
    state = app.state
    lanes = [(lane.name, lane.marks, lane.take.written, lane.branch and lane.branch.seconds) for lane in state.lanes]
    clips = [(clip.prompt.name, clip.start, clip.stop, clip.heard, clip.source) for clip in state.clips]
    return lanes, clips, state.taken, state.controls, state.lane and state.lane.name, state.selection, state.cursor


def test_a_project_comes_back_as_it_was(ready, make, start, qtbot, tmp_path):
    first = make(ready)
    ready.window.timeline.lanes[first.take.id].titled.emit("Verse")
    make(ready, lambda: ready.making.branch(first.take.id, 1.5))
    qtbot.waitUntil(lambda: ready.state.clip.heard is not None)
    ready.window.controls.temperature.track.setValue(120)
    ready.window.timeline.trimmed.emit(0.1, 0.9)
    qtbot.waitUntil(lambda: ready.state.clip.heard is not None)
    ready.window.timeline.marked.emit(0.5, 1.0)
    ready.window.transport.stop.click()
    save_as(ready, qtbot, tmp_path / "Song.calmproject")
    before = look_of(ready)
    ready.close()
    other = start(generate=repeating)
    drop(other.window, tmp_path / "Song.calmproject")
    qtbot.waitUntil(lambda: other.state.keeping.title == "Song")
    assert look_of(other) == before
    assert other.window.controls.settings.controls.temperature == 1.2
    child = other.state.lanes[0]
    assert child.branch.take_id == other.state.lanes[1].take.id
    assert other.state.notice is None
    take = make(other).take
    qtbot.waitUntil(lambda: is_kept(other))
    again = on_disk(tmp_path / "Song.calmproject").takes["0003"].take
    assert np.array_equal(again.audio.samples, take.audio.samples)


def test_takes_of_an_opened_project_can_be_branched_and_exported(ready, make, qtbot, tmp_path):
    make(ready)
    save_as(ready, qtbot, tmp_path / "Song.calmproject")
    press(ready, Qt.Key.Key_N, CTRL)
    qtbot.waitUntil(lambda: not ready.state.lanes)
    ready.projects.keeping.open(tmp_path / "Song.calmproject")
    qtbot.waitUntil(lambda: len(ready.state.lanes) == 1)
    lane = ready.state.lanes[0]
    assert lane.recipe.model.name == "sine"
    branch = make(ready, lambda: ready.making.branch(lane.take.id, 1.5))
    assert branch.branch.take_id == lane.take.id
    ready.keeping.copy(lane.take.id)
    qtbot.waitUntil(lambda: ready.state.notice is not None)
    assert ready.state.notice.message.startswith("Copied")


def test_new_begins_with_nothing_and_the_old_one_is_in_the_menu(ready, make, qtbot):
    make(ready)
    press(ready, Qt.Key.Key_N, CTRL)
    qtbot.waitUntil(lambda: not ready.state.clips)
    assert (ready.state.lanes, ready.state.taken, ready.projects.keeping.folder) == ((), 0, None)
    menus = []
    ready.window.top_bar.project.show_menu, show = (
        lambda *args: menus.append(show(*args)),
        (ready.window.top_bar.project.show_menu),
    )
    ready.window.top_bar.project.click()
    qtbot.waitUntil(lambda: bool(menus))
    entry = menus[0].actions()[-1]
    assert entry.text().startswith("Untitled 20")
    entry.trigger()
    menus[0].close()
    qtbot.waitUntil(lambda: len(ready.state.lanes) == 1)
    assert not ready.state.keeping.saved


def test_new_in_the_middle_of_a_take_keeps_what_was_made(start, qtbot, tmp_path):
    gated = Gated()
    app = with_clip(start(generate=gated), qtbot, tmp_path)
    app.window.controls.continue_button.click()
    gated.let(4)
    qtbot.waitUntil(lambda: bool(app.state.lanes) and len(app.state.lane.take.borders) == 4)
    folder = app.projects.keeping.folder
    press(app, Qt.Key.Key_N, CTRL)
    qtbot.waitUntil(lambda: not app.state.clips)
    assert len(on_disk(folder).takes["0001"].take.borders) == 4


def test_a_deleted_take_is_gone_when_the_project_is_opened_again(ready, make, qtbot, tmp_path):
    make(ready)
    make(ready)
    qtbot.waitUntil(lambda: is_kept(ready))
    folder = ready.projects.keeping.folder
    ready.editing.delete()
    qtbot.waitUntil(lambda: is_kept(ready))
    assert len(on_disk(folder).takes) == 1
    ready.undoing.undo()
    qtbot.waitUntil(lambda: is_kept(ready))
    assert len(on_disk(folder).takes) == 2, "it can be brought back until the project is closed"
    ready.editing.delete()
    ready.close()
    assert [path.name for path in (folder / "takes").iterdir()] == ["0001"]


def test_closing_keeps_what_was_never_saved(ready, make, tmp_path):
    make(ready)
    ready.close()
    (folder,) = (path for path in (tmp_path / "projects").iterdir() if path.is_dir())
    assert not (folder / "open").exists()
    assert list(on_disk(folder).takes) == ["0001"]
    assert len(on_disk(folder).arrangement.lanes) == 1


def test_what_a_crash_left_is_offered_and_recovered(ready, make, start, qtbot, tmp_path):
    take = make(ready).take
    qtbot.waitUntil(lambda: is_kept(ready))
    folder = ready.projects.keeping.folder
    ready.close()
    (folder / "open").touch()  # as after a kill
    (folder / "project.json").unlink()
    other = start(generate=repeating)
    sheet = other.window.recovery_sheet
    other.projects.offer_recovery()
    qtbot.waitUntil(sheet.isVisible)
    assert "1 take" in sheet.words.text()
    assert f"{(take.written - take.cut) / take.rate:.1f} s" in [sheet.takes.itemAt(1).widget().text()]
    sheet.recover.click()
    qtbot.waitUntil(lambda: len(other.state.lanes) == 1)
    assert np.array_equal(other.state.lane.take.audio.samples, take.audio.samples)
    assert other.state.lane.note == "recovered"
    assert not sheet.isVisible()


def left_behind(tmp_path, *names: str):
    for name in names:
        folder = tmp_path / "projects" / f"{name}.calmproject"
        hold(folder).let_go()
        (folder / "takes").mkdir()
        (folder / "open").touch()


def test_what_is_left_may_wait_or_be_thrown_away(app, qtbot, tmp_path, monkeypatch):
    """The waste basket is a folder here: not every system has one."""
    basket = SimpleNamespace(moveToTrash=lambda path: bool(shutil.move(path, tmp_path / "basket")))
    monkeypatch.setattr("calm_studio.projects.QFile", basket)
    left_behind(tmp_path, "Untitled 1", "Untitled 2")
    sheet = app.window.recovery_sheet
    app.projects.offer_recovery()
    qtbot.waitUntil(sheet.isVisible)
    assert "1 more" in sheet.words.text()
    press(app, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    app.projects.offer_recovery()
    qtbot.waitUntil(sheet.isVisible)
    sheet.discard.click()
    qtbot.waitUntil(lambda: len(os.listdir(tmp_path / "projects")) == 1)
    assert sheet.isVisible() and "more" not in sheet.words.text()
    basket.moveToTrash = lambda path: False
    sheet.discard.click()
    qtbot.waitUntil(lambda: "could not be put" in app.window.banner.text.text())
    assert len(os.listdir(tmp_path / "projects")) == 1


def test_of_a_damaged_project_the_banner_says_what_is_missing(ready, make, start, qtbot, tmp_path):
    make(ready)
    make(ready)
    save_as(ready, qtbot, tmp_path / "Song.calmproject")
    ready.close()
    (tmp_path / "Song.calmproject" / "takes" / "0001" / "take.json").write_text("{")
    other = start(generate=repeating)
    other.projects.keeping.open(tmp_path / "Song.calmproject")
    qtbot.waitUntil(lambda: other.state.notice is not None)
    assert "Take 0001" in other.window.banner.text.text()
    assert len(other.state.lanes) == 1


def test_a_project_that_is_open_or_is_none_changes_nothing(ready, make, qtbot, tmp_path):
    make(ready)
    held = hold(tmp_path / "Song.calmproject")
    (tmp_path / "Song.calmproject" / "takes").mkdir()
    for folder, words in ((tmp_path / "Song.calmproject", "open in another window"), (tmp_path, "no project")):
        ready.projects.keeping.open(folder)
        qtbot.waitUntil(lambda words=words: words in ready.window.banner.text.text())
    held.let_go()
    assert len(ready.state.lanes) == 1


def test_what_can_only_be_read_is_opened_as_a_copy(ready, make, start, qtbot, tmp_path, monkeypatch):
    make(ready)
    save_as(ready, qtbot, tmp_path / "Song.calmproject")
    ready.close()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "Song.calmproject").rglob("*")}
    monkeypatch.setattr("calm_studio.bookkeeping.os.access", lambda path, mode: False)
    other = start(generate=repeating)
    other.projects.keeping.open(tmp_path / "Song.calmproject")
    qtbot.waitUntil(lambda: other.state.notice is not None)
    assert "can only be read" in other.window.banner.text.text()
    qtbot.waitUntil(lambda: is_kept(other))
    assert other.projects.keeping.folder.parent == tmp_path / "projects"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "Song.calmproject").rglob("*")} == before


def test_a_disk_that_refuses_is_said_and_making_goes_on(start, make, qtbot, tmp_path):
    (tmp_path / "projects").write_text("in the way")
    app = with_clip(start(generate=repeating), qtbot, tmp_path)
    take = make(app).take
    qtbot.waitUntil(lambda: app.state.notice is not None)
    assert app.state.notice.kind == "error"
    assert take.full
    app.window.banner.close_button.click()
    app.projects.keeping._looked = 0.0
    app.projects.keeping.look()
    qtbot.waitUntil(lambda: not app.projects.keeping._busy)
    assert app.state.notice is None, "it was said once"
