"""`calm verify` and `calm info` on files that `calm continue` and `calm export` wrote."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine import weights
from engine.cli import main
from tests.engine.takes import clip, edited, resaved


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """riff.wav, out.wav that continues it for 0.2 s, and the tiny model that did."""
    folder = tmp_path_factory.mktemp("cli")
    weights.save(weights.random_model("tiny"), folder / "tiny", "test licence")
    soundfile.write(folder / "riff.wav", clip(44_100, 0.6).samples.T, 44_100, subtype="PCM_24")
    made = ["continue", str(folder / "riff.wav"), "--seconds", "0.2", "--seed", "11", "--text", "blue", "--free"]
    assert main([*made, "--device", "cpu", "--weights", str(folder / "tiny"), "-o", str(folder / "out.wav")]) == 0
    return folder


@pytest.fixture
def verify(folder, capsys):
    """Runs `calm verify --json`; gives the exit status and the result."""

    def run(file: Path, *more: str) -> tuple[int, dict]:
        capsys.readouterr()
        status = main(["verify", str(file), "--weights", str(folder / "tiny"), "--json", *more])
        printed = capsys.readouterr()
        return status, json.loads(printed.out) if printed.out else {"error": printed.err}

    return run


def told(capsys, *arguments) -> str:
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out


def test_what_continue_wrote_is_verified(folder, verify):
    status, result = verify(folder / "out.wav")
    assert status == 0
    assert result == {
        "file": str(folder / "out.wav"),
        "state": "equal",
        "repeated": True,
        "compared": 8820,
        "first_difference": None,
        "snr_db": None,
        "notes": [],
        "rate": 44_100,
    }


def test_in_words(folder, capsys):
    said = told(capsys, "verify", folder / "out.wav", "--weights", folder / "tiny")
    assert said == "Equal: 0.20 s after the cut, every sample\n"


def test_a_difference_is_exit_status_1(folder, verify, tmp_path):
    def touched(x: np.ndarray) -> np.ndarray:
        x = x.copy()
        x[30_000] += 0.01
        return x

    status, result = verify(resaved(folder / "out.wav", tmp_path / "touched.wav", touched))
    assert (status, result["state"], result["first_difference"]) == (1, "different", 30_000)


def test_a_lossy_export_is_close_once_the_clip_is_given(folder, verify, tmp_path):
    assert main(["export", str(folder / "out.wav"), "-o", str(tmp_path / "out.ogg")]) == 0
    status, result = verify(tmp_path / "out.ogg")
    assert status == 2
    assert "--prompt" in result["error"]
    status, result = verify(tmp_path / "out.ogg", "--prompt", str(folder / "riff.wav"))
    assert (status, result["state"]) == (0, "close")


def test_a_file_without_a_recipe_is_an_error(folder, verify):
    status, result = verify(folder / "riff.wav")
    assert status == 2
    assert result["error"].startswith("calm: riff.wav holds no recipe")


def test_info_tells_what_is_in_the_file(folder, capsys):
    lines = told(capsys, "info", folder / "out.wav").splitlines()
    assert lines[0].startswith(f"{folder / 'out.wav'}: 0.80 s, 44100 Hz, stereo, peak ")
    assert {
        "Title: riff continued 01",
        "Model: tiny (test licence)",
        "Cut: 0.600 s",
        "Who made what: 0.000 to 0.600 s: human; 0.600 to 0.800 s: generated",
        "Text: blue",
        "Kept: The prompt, sample for sample (0.60 s)",
        "Kept: The continuation, sample for sample (0.20 s)",
    } <= set(lines)
    assert any(line.startswith("Recipe: model tiny ") and "seed 11, 0.2 s, consistency in 4" in line for line in lines)
    assert any(line.startswith("Chunks: bext (") and "iXML (" in line for line in lines)
    assert not any(line.startswith(("Lost", "Not restored")) for line in lines)


def test_info_as_json(folder, capsys):
    result = json.loads(told(capsys, "info", folder / "out.wav", "--json"))
    assert (result["seconds"], result["rate"], result["channels"]) == (0.8, 44_100, 2)
    assert (result["recipe"]["seed"], result["recipe"]["text"]) == (11, "blue")
    assert [name for name, _ in result["chunks"]] == ["bext", "LIST", "iXML", "cue ", "LIST"]
    assert result["metadata"]["origins"][1] == {"start": 26_460, "stop": 35_280, "made_by": "generated"}
    assert result["lost"] == []
    assert json.loads(told(capsys, "info", folder / "riff.wav", "--json"))["recipe"] is None


def test_info_of_a_damaged_recipe_says_so_and_tells_the_rest(folder, capsys, tmp_path):
    def damaged(chunks):
        return [(name, content.replace(b'"seed":11', b'"feed":11')) for name, content in chunks]

    said = told(capsys, "info", edited(folder / "out.wav", tmp_path / "odd.wav", damaged))
    assert "Not restored: The recipe in the file is damaged: the entry recipe.feed is unknown" in said
    assert "Cut: 0.600 s" in said
