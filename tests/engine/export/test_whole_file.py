import errno
import os
import resource

import numpy as np
import pytest

from engine import audio, export
from engine.errors import CalmError
from engine.export import whole_file

RATE = 44_100


def test_nothing_is_ever_overwritten(tmp_path):
    samples = np.full((2, 10), 0.5, dtype=np.float32)
    (tmp_path / "riff.v1.wav").write_text("mine")
    paths = [export.write_wav(tmp_path / "riff.v1.wav", samples, RATE) for _ in range(3)]
    assert [path.name for path in paths] == ["riff.v1_2.wav", "riff.v1_3.wav", "riff.v1_4.wav"]
    assert (tmp_path / "riff.v1.wav").read_text() == "mine"


def test_a_name_as_long_as_names_can_be(tmp_path):
    assert export.write_wav(tmp_path / ("a" * 251 + ".wav"), np.ones((2, 10), dtype=np.float32), RATE).exists()


def refusal(path, samples=None) -> CalmError:
    """What the user reads. Whatever happened, no file may have appeared or changed."""
    folder = next(parent for parent in path.parents if parent.is_dir())
    before = sorted(folder.iterdir())
    with pytest.raises(CalmError) as caught:
        export.write_wav(path, np.full((2, 100_000), 0.5, dtype=np.float32) if samples is None else samples, RATE)
    assert sorted(folder.iterdir()) == before
    assert len(caught.value.advice) > 15
    return caught.value


def test_nothing_to_save(tmp_path):
    assert "no sound to save" in refusal(tmp_path / "a.wav", np.empty((2, 0), dtype=np.float32)).message


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_numbers_never_reach_a_file(tmp_path, bad):
    samples = np.zeros((2, 1000), dtype=np.float32)
    samples[1, 999] = bad
    assert "not numbers" in refusal(tmp_path / "a.wav", samples).message


def test_a_folder_that_is_gone_or_is_a_file(tmp_path):
    assert "does not exist" in refusal(tmp_path / "gone" / "a.wav").message
    (tmp_path / "file").write_text("x")
    assert "does not exist" in refusal(tmp_path / "file" / "a.wav").message


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_folder_that_may_not_be_written_to(tmp_path, monkeypatch, code):
    def deny(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", deny)  # tests may run as root, whom no permission stops
    error = refusal(tmp_path / "a.wav")
    assert error.message == f"The folder {tmp_path} cannot be written to"
    assert error.advice == "Save to another folder"


def test_a_full_disk(tmp_path, monkeypatch):
    """The kernel's own answer: every write to /dev/full fails with ENOSPC."""
    with open("/dev/full", "wb") as full:
        monkeypatch.setattr(whole_file, "open", lambda *_: full, raising=False)
        error = refusal(tmp_path / "a.wav")
    assert error.message == "The disk is full: a.wav was not saved"
    assert "Free some space" in error.advice


def test_a_write_that_breaks_off_leaves_no_half_file(tmp_path):
    """Here the file does begin: the limit of its size is reached in the middle of it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        error = refusal(tmp_path / "a.wav")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.message == "a.wav was not saved: File too large"


def test_the_file_appears_only_when_it_is_whole(tmp_path, monkeypatch):
    seen, replace = [], os.replace

    def look(part, target):
        seen.append((target.exists(), audio.read(part).samples.shape))
        replace(part, target)

    monkeypatch.setattr(os, "replace", look)
    export.write_wav(tmp_path / "a.wav", np.full((2, 1000), 0.5, dtype=np.float32), RATE)
    assert seen == [(False, (2, 1000))]
