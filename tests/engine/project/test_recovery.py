"""What a crash has left, and which projects were open last."""

import json
import os
from pathlib import Path

import pytest

from engine.controls import Controls
from engine.errors import CalmError
from engine.project.arrangement import Arrangement, LaneKept, MarksKept, View, to_json
from engine.project.book import Book
from engine.project.folder import changed_at
from engine.project.journal import Journal
from engine.project.recent import MOST, recent, remember
from engine.project.recovery import left_projects, survey
from engine.take import Take
from tests.engine import fakes

INFO = fakes.FakeModel.info


def fail(error):
    raise error


def a_take(number: int, frames: int) -> Take:
    take = Take(fakes.a_request(2.0), number)
    for frame in range(frames):
        take.history.record(frame, Controls())
        take.append(fakes.tone(0.04))
    take.state = "stopped"
    return take


def a_lane(name: str, title: str = "") -> LaneKept:
    return LaneKept(name, f"Take {name}", "", MarksKept(title), None, None, None, (), None, None)


def a_project(folder: Path) -> Path:
    """Three takes, of which one is deleted and one came after the last save; closed properly."""
    folder.mkdir(parents=True)
    journal = Journal(folder, fail)
    for number, frames in ((1, 25), (2, 5), (3, 50)):
        journal.follow(a_take(number, frames), INFO)
    journal.close()
    arrangement = Arrangement((), (a_lane("0001", "Verse"),), View(deleted=("0002",)))
    (folder / "project.json").write_bytes(to_json(arrangement))
    return folder


def test_only_what_was_not_closed_is_left(tmp_path):
    a_project(tmp_path / "One.calmproject")
    left = a_project(tmp_path / "Two.calmproject")
    (left / "open").touch()
    (found,) = left_projects(tmp_path)
    assert found.folder == left
    assert [(take.name, round(take.seconds, 2)) for take in found.takes] == [("Verse", 1.0), ("Take 0003", 2.0)]
    assert found.seconds == pytest.approx(3.0)
    assert not found.saved


def test_what_lies_elsewhere_is_found_by_the_list_of_projects(tmp_path):
    home, folder = tmp_path / "home", a_project(tmp_path / "songs" / "Song.calmproject")
    remember(home, folder)
    assert left_projects(home) == []
    (folder / "open").touch()
    (found,) = left_projects(home)
    assert found.saved and found.folder == folder


def test_the_newest_is_first(tmp_path):
    for name, time in (("Old", 1000), ("New", 3000), ("Middle", 2000)):
        folder = a_project(tmp_path / f"{name}.calmproject")
        (folder / "open").touch()
        for path in (folder, folder / "project.json", *folder.glob("takes/*/frames")):
            os.utime(path, (time, time))
    assert [left.folder.stem for left in left_projects(tmp_path)] == ["New", "Middle", "Old"]
    assert [(path.stem, time) for path, time in recent(tmp_path)] == [("New", 3000), ("Middle", 2000), ("Old", 1000)]


def test_damaged_takes_are_listed_with_what_they_have(tmp_path):
    folder = a_project(tmp_path / "Song.calmproject")
    (folder / "project.json").write_text("{")
    (folder / "takes" / "0001" / "take.json").write_text("[]")
    frames = folder / "takes" / "0003" / "frames"
    frames.write_bytes(frames.read_bytes()[:-10])
    found = survey(folder, tmp_path)
    assert [round(take.seconds, 2) for take in found.takes] == [0.0, 0.2, 1.96]


def test_the_list_of_projects_forgets_what_is_gone_and_is_not_endless(tmp_path):
    folders = [tmp_path / "songs" / f"{number}.calmproject" for number in range(MOST + 3)]
    for folder in folders:
        folder.mkdir(parents=True)
        remember(tmp_path / "home", folder)
    remember(tmp_path / "home", folders[-2])
    assert json.loads((tmp_path / "home" / "recent.json").read_text())[:2] == [str(folders[-2]), str(folders[-1])]
    folders[-1].rmdir()
    there = [path for path, _ in recent(tmp_path / "home")]
    assert folders[-1] not in there
    assert len(there) == MOST - 1
    assert changed_at(folders[-1]) == 0.0


@pytest.mark.parametrize("content", ["", "{}", "[1, null]", '["\\u0000"]', '[""]', "[" * 5000])
def test_a_list_that_is_damaged_is_begun_again(tmp_path, content):
    (tmp_path / "recent.json").write_text(content)
    assert recent(tmp_path) == []
    folder = a_project(tmp_path / "songs" / "Song.calmproject")
    remember(tmp_path, folder)
    assert [path for path, _ in recent(tmp_path)] == [folder]


def test_a_book_keeps_takes_and_lets_go_of_the_deleted_ones_when_it_is_closed(tmp_path):
    book = Book(tmp_path / "Song.calmproject", fail)
    names = [book.follow(a_take(number, 3), INFO) for number in (1, 2)]
    assert book.deleted(names) == ()
    book.save(Arrangement((), tuple(map(a_lane, names))))
    assert book.deleted(names[:1]) == ("0002",)
    book.save(Arrangement((), (a_lane("0001"),), View(deleted=("0002",))))
    assert book.journal.catch_up()
    assert len(list((book.folder / "takes").iterdir())) == 2
    book.close()
    assert [path.name for path in (book.folder / "takes").iterdir()] == ["0001"]
    assert not (book.folder / "open").exists()


def test_a_book_that_cannot_be_opened_leaves_no_thread(tmp_path):
    book = Book(tmp_path / "Song.calmproject", fail)
    with pytest.raises(CalmError, match="open in another window"):
        Book(tmp_path / "Song.calmproject", fail)
    book.throw_away()
    assert not book.folder.exists()
