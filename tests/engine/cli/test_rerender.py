"""`calm rerender` on files that `calm continue` and `calm export` wrote."""

import json
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine import replay, weights
from engine.cli import main
from engine.restore import restore
from tests.engine.takes import clip, resaved


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """riff.wav, out.wav that continues it for 0.2 s, the best of two tries, and the tiny model that did."""
    folder = tmp_path_factory.mktemp("cli")
    weights.save(weights.random_model("tiny"), folder / "tiny", "test licence")
    soundfile.write(folder / "riff.wav", clip(44_100, 0.6).samples.T, 44_100, subtype="PCM_24")
    made = ["continue", str(folder / "riff.wav"), "--seconds", "0.2", "--seed", "11", "--tries", "2", "--free"]
    assert main([*made, "--device", "cpu", "--weights", str(folder / "tiny"), "-o", str(folder / "out.wav")]) == 0
    return folder


@pytest.fixture
def rerender(folder, capsys):
    """Runs `calm rerender --json`; gives the exit status, the result and what was said."""

    def run(file: Path, *more: object) -> tuple[int, dict, str]:
        capsys.readouterr()
        words = [str(word) for word in more]
        status = main(["rerender", str(file), "--weights", str(folder / "tiny"), "--json", *words])
        printed = capsys.readouterr()
        return status, json.loads(printed.out) if printed.out else {}, printed.err

    return run


def sound(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="int32", always_2d=True)[0]


def test_the_recipe_gives_the_very_file(folder, rerender, tmp_path):
    status, result, said = rerender(folder / "out.wav", "-o", tmp_path / "again.wav")
    assert (status, said) == (0, "")
    assert (result["same"], result["seconds"], result["steps"]) == (True, 0.2, 4)
    assert (tmp_path / "again.wav").read_bytes() == (folder / "out.wav").read_bytes()
    assert result["sha256"] == restore(folder / "out.wav").recipe.sha256


def test_with_more_steps_it_is_another_take_of_the_same_prompt_and_seed(folder, rerender, tmp_path):
    status, result, _ = rerender(folder / "out.wav", "--steps", 30, "-o", tmp_path / "better.wav")
    assert status == 0
    assert (result["same"], result["sampler"], result["steps"]) == (False, "trigflow", 30)
    before, after = sound(folder / "out.wav"), sound(tmp_path / "better.wav")
    cut = 26_460
    assert np.array_equal(after[:cut], before[:cut])
    assert not np.array_equal(after[cut:], before[cut:])
    then, now = restore(folder / "out.wav").recipe, restore(tmp_path / "better.wav").recipe
    assert (now.seed, now.tries, now.drawn_with) == (11, 2, then.drawn_with)
    assert {(move.controls.sampler, move.controls.steps) for move in now.moves} == {("trigflow", 30)}
    assert main(["verify", str(tmp_path / "better.wav"), "--weights", str(folder / "tiny")]) == 0


def test_the_output_lies_beside_the_take_and_nothing_is_overwritten(folder, rerender, tmp_path):
    (tmp_path / "take.wav").write_bytes((folder / "out.wav").read_bytes())
    files = [rerender(tmp_path / "take.wav")[1]["file"] for _ in range(2)]
    assert files == [str(tmp_path / name) for name in ("take_again.wav", "take_again_2.wav")]
    assert (tmp_path / "take.wav").read_bytes() == (folder / "out.wav").read_bytes()


def test_a_take_that_does_not_come_out_the_same_is_exit_status_1(folder, rerender, tmp_path, monkeypatch):
    rewrite = replay.rewrite

    def louder(model, take, history, stop):
        for frame in rewrite(model, take, history, stop):
            take.samples[:, take.cut : take.written] *= 0.5
            yield frame

    monkeypatch.setattr(replay, "rewrite", louder)
    status, result, said = rerender(folder / "out.wav", "-o", tmp_path / "odd.wav")
    assert (status, result["same"]) == (1, False)
    assert "did not come out the same" in said
    assert restore(tmp_path / "odd.wav").recipe.sha256 == result["sha256"]


def test_a_lossy_file_needs_the_clip(folder, rerender, tmp_path):
    assert main(["export", str(folder / "out.wav"), "-o", str(tmp_path / "out.ogg")]) == 0
    status, _, said = rerender(tmp_path / "out.ogg", "-o", tmp_path / "back.wav")
    assert status == 2
    assert "--prompt" in said
    status, result, _ = rerender(tmp_path / "out.ogg", "--prompt", folder / "riff.wav", "-o", tmp_path / "back.wav")
    assert (status, result["same"]) == (0, True)
    assert np.array_equal(sound(tmp_path / "back.wav"), sound(folder / "out.wav"))


def test_what_was_drawn_over_in_the_file_comes_back(folder, rerender, tmp_path):
    spoilt = resaved(
        folder / "out.wav", tmp_path / "spoilt.wav", lambda x: np.concatenate([x[:30_000], 0 * x[30_000:]])
    )
    status, result, _ = rerender(spoilt, "-o", tmp_path / "back.wav")
    assert (status, result["same"]) == (0, True)
    assert np.array_equal(sound(tmp_path / "back.wav"), sound(folder / "out.wav"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--steps", "0"), "0 steps cannot be used"),
        (("--sampler", "trigflow"), "needs a number of steps"),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_model_is_loaded(
    folder, rerender, tmp_path, monkeypatch, words, said
):
    monkeypatch.setattr(weights, "load", lambda *arguments: pytest.fail("loaded"))
    status, _, error = rerender(folder / "out.wav", "-o", tmp_path / "x.wav", *words)
    assert status == 2
    assert said in error


def test_a_file_without_a_recipe_is_an_error(folder, rerender):
    status, _, said = rerender(folder / "riff.wav")
    assert status == 2
    assert "holds no recipe" in said


def test_progress_tells_the_time_left_and_ctrl_c_leaves_no_file(folder, rerender, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, _, shown = rerender(folder / "out.wav", "-o", tmp_path / "a.wav")
    assert "made again: 100 %, 0 s left" in shown
    rewrite = replay.rewrite

    def interrupted(*arguments):
        yield next(rewrite(*arguments))
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(replay, "rewrite", interrupted)
    status, _, said = rerender(folder / "out.wav", "-o", tmp_path / "b.wav")
    assert status == 130
    assert "nothing was written" in said
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
