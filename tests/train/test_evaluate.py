"""The whole evaluation, on three songs and an untrained model: what it says, what it keeps, and how it goes on."""

import io
import json
from contextlib import redirect_stdout
from dataclasses import asdict

import numpy as np
import pytest
import soundfile

from engine import weights
from engine.controls import Controls
from engine.train import evaluate, evaluation
from engine.train.continue_many import continue_many
from tests.engine.tunes import tune

RATE, SECONDS = 48_000, 20


def write_song(path, seed):
    """A tune of its own tempo, key and brightness, as engine.train.render would write it."""
    tempo, noise = 90.0 + 17 * seed, np.random.default_rng(seed).standard_normal((2, SECONDS * RATE))
    sound = tune(SECONDS, RATE, tempo, 4 * seed) + 0.01 * seed * noise
    soundfile.write(path, sound.T, RATE, subtype="PCM_16")
    chords = [{"start": 0.0, "duration": 1.0 * SECONDS, "symbol": "C", "root": 0, "bass": 0, "pitches": [0, 4, 7]}]
    score = {"seed": seed, "tempo": tempo, "beats_per_bar": 4, "tonic": 4 * seed, "mode": "major", "chords": chords}
    score["beats"] = [60 / tempo * beat for beat in range(int(SECONDS * tempo / 60))]
    path.with_suffix(".json").write_text(json.dumps(score))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The folder of an evaluation of three songs, the arguments that it was asked with, and what it said."""
    folder = tmp_path_factory.mktemp("evaluation")
    weights.save(weights.random_model("tiny"), folder / "model", "random numbers")
    (folder / "songs").mkdir()
    for seed in range(3):
        write_song(folder / "songs" / f"{seed:06}.wav", seed)
    rows = ["--rows", "1 step", "4 steps, as heard", "4 steps, by the score"]
    arguments = [str(folder / "songs"), "--weights", str(folder / "model"), "--seconds", "6", "--clips", "3", "--json"]
    arguments += ["--cases", "1", "--arithmetic", "torch", "--out", str(folder / "out"), *rows]
    with redirect_stdout(io.StringIO()) as said:
        assert evaluate.main(arguments) == 0
    return folder / "out", arguments, json.loads(said.getvalue().splitlines()[-1])


def test_evaluation_tells_truth_from_another_song(table):
    _, _, said = table
    rows = said["rows"]
    known = ["what really follows", "the same, by the VAE", "another song"]
    assert list(rows)[:3] == known and list(rows)[-3:] == ["1 step", "4 steps, as heard", "4 steps, by the score"]
    real, other = rows["what really follows"], rows["another song"]
    assert real["spectrum"] < 0.5 * other["spectrum"]
    assert 0 < real["on_chord"] < 1 and real["nearest"] is None
    assert real["tempo"] == 1 and real["collapsed"] == real["noise"] == 0
    assert rows["noise like the truth"]["noise"] == 1
    assert said["clips"] == 3 and said["arithmetic"].startswith("torch")
    usual = asdict(Controls())
    assert said["controls"] == {
        "1 step": usual | {"steps": 1},
        "4 steps, as heard": usual,
        "4 steps, by the score": usual | {"harmony": 12.0},
    }


def test_an_evaluation_keeps_sound_and_pictures(table):
    folder, _, said = table
    kept = {path.name for path in (folder / "cases").iterdir()}
    assert kept == {f"000000, {row}.flac" for row in said["rows"]} | {"000000.png"}
    assert soundfile.info(folder / "cases" / "000000, 1 step.flac").duration == pytest.approx(5 + 6, abs=0.1)


def test_an_evaluation_goes_on_where_it_was_stopped(table, monkeypatch, capsys):
    folder, arguments, said = table
    lines = (folder / "verdicts.jsonl").read_text().splitlines(keepends=True)
    (folder / "verdicts.jsonl").write_text("".join(lines[:-2]))
    written = []
    monkeypatch.setattr(evaluation, "continue_many", lambda *given: written.append(given) or continue_many(*given))
    assert evaluate.main(arguments) == 0
    assert len(written) == 1  # the batch of which two verdicts are lost
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == said
    assert len((folder / "verdicts.jsonl").read_text().splitlines()) == len(lines)


def test_another_seed_is_another_take(table, tmp_path, capsys):
    folder, arguments, said = table
    assert evaluate.main([*arguments[:-3], "--seeds", "2", "--rows", "1 step"]) == 0
    both = json.loads(capsys.readouterr().out.splitlines()[-1])["rows"]
    assert both["what really follows"] == said["rows"]["what really follows"]
    assert both["1 step"]["spectrum"] != said["rows"]["1 step"]["spectrum"]


def test_in_brief_it_is_the_same_table_without_what_is_worse(table, capsys):
    folder, arguments, said = table
    lines = (folder / "verdicts.jsonl").read_text()
    assert evaluate.main([*arguments, "--brief"]) == 0
    rows = json.loads(capsys.readouterr().out.splitlines()[-1])["rows"]
    assert list(rows) == ["what really follows", "the same, by the VAE", *said["controls"]]
    assert rows == {name: said["rows"][name] for name in rows}
    assert (folder / "verdicts.jsonl").read_text() == lines


def test_control_c_ends_an_evaluation_in_one_sentence(table, monkeypatch, capsys):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(evaluate, "evaluate", interrupted)
    assert evaluate.main(table[1]) == evaluate.INTERRUPTED
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    "asked", [["--seconds", "3"], ["--clips", "0"], ["--seeds", "0"], ["--temperature", "9"], ["--recall", "9"]]
)
def test_what_cannot_be_evaluated_is_told(table, asked, capsys):
    assert evaluate.main([*table[1], *asked]) == evaluate.FAILED
    assert "evaluate: " in capsys.readouterr().err
