"""Converted graphs are kept: found the second time, made again when damaged, and done without when there is no room."""

import os

import pytest

from engine import weights
from engine.fast import cache, onnx_steps
from engine.weights import random_model

NAME = "onnxruntime int8"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cache.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache" / "graphs"


@pytest.fixture
def model():
    model = random_model("tiny")
    model.info["sha256"] = "ab" * 32
    return model


def notes_of(model, name=NAME):
    """What is told while the steps are made: nothing when they come out of the cache."""
    notes = []
    steps = onnx_steps.onnx_steps(name, model, notes.append)
    assert steps.name == name
    return notes


def test_converted_once(model, folder):
    assert len(notes_of(model)) == 1 and notes_of(model) == []
    assert [file.name[:22] for file in folder.iterdir()] == ["tiny-onnxruntime-int8-"]


def test_a_random_model_has_no_name_to_find_it_by(folder):
    assert len(notes_of(random_model("tiny"))) == 1
    assert not folder.exists()


@pytest.mark.parametrize("change", ["model", "name", "onnxruntime", "app", "format"])
def test_converted_again_for_anything_else(model, monkeypatch, change):
    notes_of(model)
    if change == "model":
        model.info["sha256"] = "cd" * 32
    elif change == "onnxruntime":
        monkeypatch.setattr(cache.onnxruntime, "__version__", "99")
    elif change == "app":
        monkeypatch.setattr(cache.importlib.metadata, "version", lambda name: "99")
    elif change == "format":
        monkeypatch.setattr(cache, "FORMAT", 99)
    assert len(notes_of(model, "onnxruntime fp32" if change == "name" else NAME)) == 1


def cut_short(data):
    return data[: len(data) // 2]


def one_bit(data):
    return data[:-1000] + bytes([data[-1000] ^ 1]) + data[-999:]


@pytest.mark.parametrize("damage", [cut_short, one_bit, lambda data: b"", lambda data: b"\x80\x04." * 99])
def test_a_damaged_file_is_made_again(model, folder, damage):
    notes_of(model)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert len(notes_of(model)) == 1
    assert file.read_bytes() == whole and notes_of(model) == []


def test_a_folder_that_cannot_be_written_is_no_error(model, folder):
    folder.parent.parent.mkdir(exist_ok=True)
    folder.parent.write_text("a file where the folder should be")
    assert len(notes_of(model)) == 1


def test_a_full_disk_leaves_nothing_behind(model, folder, monkeypatch):
    def full(path, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.os, "replace", full)
    assert len(notes_of(model)) == 1
    assert list(folder.iterdir()) == []


def test_the_files_used_longest_ago_are_let_go(model, folder):
    for number in range(cache.KEPT):
        model.info["sha256"] = f"{number}" * 64
        path = cache.cache_path(model, NAME)
        cache.write(path, {"context": b"graph"})
        os.utime(path, (number, number))
    model.info["sha256"] = "0" * 64
    assert cache.read(cache.cache_path(model, NAME)) == {"context": b"graph"}  # used just now
    model.info["sha256"] = "f" * 64
    cache.write(cache.cache_path(model, NAME), {"context": b"graph"})
    model.info["sha256"] = "1" * 64
    assert len(list(folder.iterdir())) == cache.KEPT and not cache.cache_path(model, NAME).exists()


def test_loading_says_that_it_converts(tmp_path):
    weights.save(random_model("tiny"), tmp_path / "model", "test licence")
    notes = []
    for _ in range(2):
        notes.append([])
        weights.load(tmp_path / "model", weights.torch.device("cpu"), lambda *said: notes[-1].append(said))
    assert "once" in notes[0][-1][2] and notes[0][-1][0] == notes[0][-1][1]
    assert not [said for said in notes[1] if "once" in said[2]]
