"""Which project is open, and which one a crash has left."""

import subprocess
import sys
from pathlib import Path

import pytest

import engine
from engine.errors import CalmError
from engine.project.disk import sync, write_over
from engine.project.folder import hold, is_project, left_behind, project_path, projects_in, untitled_path

ROOT = Path(engine.__file__).parents[1]


def test_an_open_project_is_open_nowhere_else(tmp_path):
    held = hold(tmp_path / "Song.calmproject")
    with pytest.raises(CalmError, match="Song is open in another window"):
        hold(tmp_path / "Song.calmproject")
    assert not left_behind(tmp_path / "Song.calmproject")
    held.let_go()
    assert not left_behind(tmp_path / "Song.calmproject")
    hold(tmp_path / "Song.calmproject").let_go()


def test_one_whose_process_was_killed_is_left_behind_until_it_is_closed_properly(tmp_path):
    code = "import os, sys; from pathlib import Path; from engine.project.folder import hold\n"
    code += "held = hold(Path(sys.argv[1])); os.kill(os.getpid(), 9) if os.name == 'posix' else os._exit(1)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "Song.calmproject")], cwd=ROOT)
    assert left_behind(tmp_path / "Song.calmproject")
    assert left_behind(tmp_path / "Song.calmproject"), "looking changes nothing"
    hold(tmp_path / "Song.calmproject").let_go()
    assert not left_behind(tmp_path / "Song.calmproject")


def test_a_folder_that_cannot_be_made_is_a_user_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CalmError):
        hold(tmp_path / "file" / "Song.calmproject")


def test_names(tmp_path):
    assert project_path(tmp_path / "Night drive").name == "Night drive.calmproject"
    (tmp_path / "Night drive.calmproject").mkdir()
    assert project_path(tmp_path / "Night drive.calmproject").name == "Night drive_2.calmproject"
    untitled = untitled_path(tmp_path)
    assert untitled.name.startswith("Untitled 20")
    assert is_project(tmp_path / "Night drive.calmproject")
    assert not is_project(tmp_path)
    assert [path.name for path in projects_in(tmp_path)] == ["Night drive.calmproject"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "project.json"
    for content in (b"one", b"two"):
        write_over(path, lambda file, content=content: file.write(content))
        sync(path, tmp_path / "gone")
    assert path.read_bytes() == b"two"

    def full(file):
        file.write(b"thr")
        raise OSError(28, "No space left on device")

    with pytest.raises(CalmError, match="disk is full"):
        write_over(path, full)
    assert path.read_bytes() == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["project.json"]
