"""Which files a drop of files and folders means."""

import pytest

from calm_studio.shelf import found_files
from calm_studio.shelf.found_files import find_files


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sound")
    return folder


def test_folders_are_searched_in_order_of_name_and_files_stay_where_they_are(tmp_path):
    folder = put(tmp_path / "loops", "b.wav", "a/z.MID", "a/c.flac", "notes.txt", "c.aiff", "song.midi")
    words = tmp_path / "words.txt"
    found = find_files([words, folder])
    assert [path.name for path in found.paths] == ["words.txt", "c.flac", "z.MID", "b.wav", "c.aiff", "song.midi"]
    assert (found.empty, found.cut) == ((), False)


def test_hidden_files_and_folders_are_left_alone(tmp_path):
    put(tmp_path, "._a.wav", ".git/b.wav", "a.wav")
    assert [path.name for path in find_files([tmp_path]).paths] == ["a.wav"]


def test_a_folder_that_links_to_itself_ends(tmp_path):
    put(tmp_path, "a.wav")
    (tmp_path / "again").symlink_to(tmp_path)
    assert len(find_files([tmp_path]).paths) == 1


def test_folders_without_audio_are_named(tmp_path):
    folder = put(tmp_path / "texts", "a.txt")
    assert find_files([folder, tmp_path / "absent"]) == found_files.Found((tmp_path / "absent",), (folder,))


@pytest.mark.parametrize(("limit", "value", "count"), [("MOST_FILES", 3, 3), ("MOST_LOOKED_AT", 5, 5)])
def test_too_much_is_cut_and_said(tmp_path, monkeypatch, limit, value, count):
    put(tmp_path, *(f"{number}.wav" for number in range(8)))
    monkeypatch.setattr(found_files, limit, value)
    found = find_files([tmp_path])
    assert found.cut and len(found.paths) <= count + 1
    assert [path.name for path in found.paths][:3] == ["0.wav", "1.wav", "2.wav"]
