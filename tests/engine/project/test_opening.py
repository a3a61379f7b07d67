"""Projects that are whole, newer, damaged, or not there."""

import itertools
import json
import shutil

import numpy as np
import pytest

from engine.audio import Audio
from engine.controls import Controls
from engine.errors import CalmError
from engine.guard import Collapse
from engine.music.heard import hear
from engine.project import arrangement as arrangements
from engine.project.arrangement import (
    AlarmKept,
    Arrangement,
    BranchKept,
    ClipKept,
    LaneKept,
    Marker,
    MarksKept,
    SelectionKept,
    VariationKept,
    View,
    from_json,
    to_json,
)
from engine.project.opening import Opened, folders_of, open_project
from engine.project.take_file import VERSION
from engine.recipe import Move, recipe_of
from engine.take import Take
from tests.engine import fakes
from tests.engine.grooves import groove

INFO = fakes.FakeModel.info
STUCK: Collapse = "stuck"


def a_take(number: int) -> Take:
    take = Take(fakes.a_request(0.2, seed=number), number)
    for frame in range(5):
        take.history.record(frame, Controls(temperature=0.2 * number))
        take.append(0.1 * number * fakes.tone(0.04))
    take.state = "finished"
    return take


def everything(take: Take) -> Arrangement:
    """One of each thing that there can be."""
    heard = hear(Audio(groove(4.0, 44_100, 120.0), 44_100))
    marks = MarksKept("Verse", "more bass", 3, True, True)
    lane = LaneKept(
        "0001",
        "Take A",
        "from riff.wav",
        marks,
        heard,
        None,
        recipe_of(take, INFO),
        (Marker(5, "landing"),),
        None,
        None,
        (Move(0, Controls()), Move(4, Controls(temperature=1.5))),
    )
    branch = BranchKept("0001", "Take A", None, 1.04, 0.0)
    other = LaneKept(
        "0002", "Take B", "", MarksKept(), None, branch, None, (), AlarmKept(STUCK, 70), VariationKept(2, 1)
    )
    view = View(0, "0002", ("0003",), 3, 1.5, SelectionKept(2.0, 1.0), True, Controls(steps=9))
    return Arrangement((ClipKept("0001.wav", "tone", 10, 40_000, "/music/tone.wav", heard),), (other, lane), view)


@pytest.fixture
def folder(journal):
    """A project with two takes that are there and one that was deleted."""
    takes = [a_take(number) for number in (1, 2, 3)]
    for take in takes:
        journal.follow(take, INFO)
    assert journal.catch_up()
    (journal.folder / "project.json").write_bytes(to_json(everything(takes[0])))
    return journal.folder


def opened(folder) -> Opened:
    return open_project(folder, itertools.count(50).__next__)


def test_everything_comes_back(folder):
    project = opened(folder)
    assert project.left_out == ()
    assert project.arrangement == everything(a_take(1))
    assert list(project.takes) == ["0001", "0002"]
    for number, name in enumerate(project.takes, 1):
        take, before = project.takes[name].take, a_take(number)
        assert np.array_equal(take.audio.samples, before.audio.samples)
        assert (take.id, take.state, take.history.changes) == (49 + number, "finished", before.history.changes)
        assert recipe_of(take, project.takes[name].file.info) == recipe_of(before, INFO)
    assert project.prompt_of(project.arrangement.clips[0]).start == 10


def test_a_crash_before_the_first_save_leaves_all_takes(folder):
    (folder / "project.json").unlink()
    assert list(opened(folder).takes) == ["0001", "0002", "0003"]
    assert opened(folder).left_out == ()


def test_where_there_is_no_project_that_is_said(tmp_path):
    with pytest.raises(CalmError, match="no project"):
        opened(tmp_path)
    with pytest.raises(CalmError, match="no project"):
        opened(tmp_path / "gone.calmproject")


def edited(folder, change) -> Opened:
    path = folder / "project.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    return opened(folder)


def test_of_a_newer_version_what_is_known_is_opened_and_the_rest_is_said(folder):
    def newer(data):
        data["version"] = arrangements.VERSION + 1
        data["lanes"][0]["reverb"] = 0.3
        data["view"]["zoom"] = 4
        data["lanes"][1]["marks"] = "gold"

    project = edited(folder, newer)
    assert [lane.name for lane in project.arrangement.lanes] == ["Take B"]
    assert project.arrangement.view.cursor == 1.5
    assert "newer CALM Studio" in project.left_out[0]
    assert "take 2.marks" in project.left_out[1]
    assert len(project.takes) == 2


def test_a_take_of_a_newer_version_is_left_out_and_said(folder):
    path = folder / "takes" / "0002" / "take.json"
    path.write_text(path.read_text().replace(f'"version":{VERSION}', f'"version":{VERSION + 1}'))
    project = opened(folder)
    assert list(project.takes) == ["0001"]
    assert project.left_out == ("Take 0002: It was made by a newer CALM Studio",)


def test_a_project_of_before_there_was_recall_opens_whole(folder):
    for path in (folder / "project.json", *folder.glob("takes/*/take.json")):
        content = path.read_text()
        assert '"recall":2.0' in content or "controls" not in content
        path.write_text(content.replace(',"recall":2.0', "").replace(f'"version":{VERSION}', '"version":1'))
    project = opened(folder)
    assert project.left_out == () and list(project.takes) == ["0001", "0002"]
    assert {each.file.controls.recall for each in project.takes.values()} == {0.0}


def test_of_a_damaged_list_the_rest_is_read(folder):
    project = edited(folder, lambda data: data["lanes"][0].update(name=7, surprise=1))
    assert [lane.name for lane in project.arrangement.lanes] == ["Take A"]
    assert "surprise" in project.left_out[0]
    project = edited(folder, lambda data: data.update(view=[], clips=None))
    assert project.arrangement.view == View()
    assert list(project.takes) == ["0001", "0002", "0003"], "rather one too many than one too few"


def test_paths_that_lead_elsewhere_are_damage(folder):
    secret = folder.parent / "secret.wav"
    shutil.copy(folder / "sounds" / "0001.wav", secret)
    project = edited(folder, lambda data: data["clips"][0].update(sound="../../secret.wav"))
    assert project.arrangement.clips == ()
    path = folder / "takes" / "0001" / "take.json"
    path.write_text(path.read_text().replace("0001.wav", "../../secret.wav"))
    assert list(opened(folder).takes) == ["0002", "0003"][:1]


def test_without_its_sound_a_take_is_left_out_and_said(folder):
    (folder / "sounds" / "0002.wav").write_bytes(b"no sound")
    project = opened(folder)
    assert list(project.takes) == ["0001"]
    assert [words.split(":")[0] for words in project.left_out] == ["The sound 0002", "Take 0002"]


def test_damaged_frames_are_silent_and_said(folder):
    path = folder / "takes" / "0001" / "frames"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    project = opened(folder)
    assert project.left_out == ("0.04 s in take 0001, which are silent now: they were damaged",)
    assert project.takes["0001"].take.full


def test_nothing_that_is_changed_at_random_crashes_or_is_run(folder):
    """150 damaged copies: each opens as far as it can, or says why not."""
    random = np.random.default_rng(11)
    files = [folder / "project.json", *(folder / "takes" / "0001" / name for name in ("take.json", "frames"))]
    whole = {path: path.read_bytes() for path in files}
    words = (b"9" * 300, b"-1", b"null", b"[]", b"{}", b'"', b"1e999", b"NaN", b"\\ud800", b"true", b"[" * 3000)
    for turn in range(150):
        path = files[turn % 3]
        content = bytearray(whole[path])
        for place in random.integers(0, len(content), random.integers(1, 12)):
            content[place] ^= 1 << random.integers(0, 8)
        if turn % 2:
            place = random.integers(0, len(content))
            content[place : place + 3] = words[random.integers(0, len(words))]
        path.write_bytes(content)
        project = opened(folder)
        assert "0002" in project.takes or path.name == "project.json"
        path.write_bytes(whole[path])
    assert folders_of(folder) == ["0001", "0002", "0003"]


def test_what_is_no_list_at_all_is_said():
    for content in (b"", b"[]", b"{}", b'{"version":"1"}', b"\xff\xfe"):
        assert "damaged" in from_json(content).left_out[0]
