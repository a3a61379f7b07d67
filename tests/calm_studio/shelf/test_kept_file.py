"""Records in the config folder: whole, damaged, absent, and where nothing can be written."""

import pytest

from calm_studio import kept_file
from calm_studio.shelf.recent import MOST, RecentPaths, forgotten, opened
from engine.errors import CalmError


def test_what_is_saved_is_loaded(tmp_path):
    path = tmp_path / "new" / "recent.json"
    kept_file.save(path, RecentPaths(("/a.wav", "/\udcff.wav")))
    assert kept_file.load(RecentPaths, path) == RecentPaths(("/a.wav", "/\udcff.wav"))
    assert not path.with_suffix(".part").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"paths": 3}', '{"paths": [1]}', '{"other": []}', "[" * 10_000])
def test_what_is_damaged_is_nothing(tmp_path, content):
    path = tmp_path / "recent.json"
    path.write_text(content)
    assert kept_file.load(RecentPaths, path) is None
    path.write_bytes(b"\xff\xfe")
    assert kept_file.load(RecentPaths, path) is None
    assert kept_file.load(RecentPaths, tmp_path / "absent.json") is None


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CalmError, match="recent.json could not be kept"):
        kept_file.save(tmp_path / "file" / "recent.json", RecentPaths())


def test_the_latest_comes_first_and_only_some_are_kept(tmp_path):
    recent = RecentPaths()
    for number in (*range(MOST + 2), 5):
        recent = opened(recent, tmp_path / f"{number}.wav")
    assert len(recent.paths) == MOST
    assert recent.paths[:2] == (str(tmp_path / "5.wav"), str(tmp_path / f"{MOST + 1}.wav"))
    assert len(set(recent.paths)) == MOST
    assert str(tmp_path / "5.wav") not in forgotten(recent, tmp_path / "5.wav").paths
