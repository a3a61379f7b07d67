"""Sections are told apart by level, bass, treble and attacks, in songs and in what is written."""

import json

import numpy as np
import pytest
import soundfile

from engine.train import evaluate_form
from engine.train.evaluate_form import OTHERS, Sound, of_song
from engine.train.heldout import PROMPT_SECONDS, read_clips
from engine.weights import random_model, save
from tests.train.test_evaluate import SECONDS, write_song

RATE = 48_000
LEVELS = {"A": (0.0, 0.0), "break": (8.0, -12.0), "B": (14.0, 3.0)}  # the second where each begins, dB


@pytest.fixture
def songs(tmp_path):
    """One song in a folder, as engine.train.render would write it, whose sections differ in level."""
    path = tmp_path / "songs" / "000001.wav"
    path.parent.mkdir()
    write_song(path, 1)
    samples, rate = soundfile.read(path, dtype="float32")
    stops = [*(start for start, _ in LEVELS.values()), float(SECONDS)][1:]
    score = json.loads(path.with_suffix(".json").read_text())
    score["sections"] = []
    for (name, (start, level)), stop in zip(LEVELS.items(), stops, strict=True):
        samples[round(start * rate) : round(stop * rate)] *= 0.5 * 10 ** (level / 20)
        score["sections"].append({"name": name, "start": start, "duration": stop - start, "energy": 0.5})
    soundfile.write(path, samples, rate, subtype="PCM_24")
    path.with_suffix(".json").write_text(json.dumps(score))
    return path.parent


def beats(level=0.3, bass=1.0, seconds=4.0):
    """A tone at 80 Hz, one at 8 kHz, and two clicks a second."""
    t = np.arange(round(seconds * RATE)) / RATE
    click = np.exp(-200 * (t % 0.5)) * np.random.default_rng(0).normal(size=len(t))
    mono = bass * np.sin(2 * np.pi * 80 * t) + 0.1 * np.sin(2 * np.pi * 8000 * t) + 0.5 * click
    return (level * np.stack([mono, mono])).astype("f4")


def test_a_sound_is_compared_part_by_part():
    usual = Sound.of(beats(), RATE)
    quieter = Sound.of(beats(level=0.15), RATE).over(usual)
    assert quieter["loudness"] == pytest.approx(-6.0, abs=0.2) and quieter["treble"] == pytest.approx(-6.0, abs=0.2)
    assert quieter["attacks"] == pytest.approx(1.0, abs=0.1)
    thin = Sound.of(beats(bass=0.1), RATE).over(usual)
    assert thin["bass"] == pytest.approx(-20.0, abs=2.0) and abs(thin["treble"]) < 0.5


def test_the_sections_of_a_song_lie_where_its_score_has_them(songs):
    rows = dict(of_song(read_clips(songs, 1, PROMPT_SECONDS)[0]))
    levels = {f"{name} of songs": level for name, (_, level) in LEVELS.items() if name != "A"}
    assert {name: row["loudness"] for name, row in rows.items()} == pytest.approx(levels, abs=0.7)


def test_the_command_has_a_row_for_every_section_and_for_the_a_after_it(songs, tmp_path, capsys):
    save(random_model("tiny"), tmp_path / "model", "random numbers")
    assert evaluate_form.main([str(songs), "--weights", str(tmp_path / "model"), "--clips", "1", "--json"]) == 0
    table = json.loads(capsys.readouterr().out.splitlines()[-1])
    written = {*OTHERS, *(f"A after {each}" for each in OTHERS)}
    assert table.keys() == written | {"break of songs", "B of songs"}
    assert all(row.keys() == {"loudness", "bass", "treble", "attacks", "clips"} for row in table.values())
    assert all(np.isfinite([*row.values()]).all() and row["clips"] == 1 for row in table.values())
    assert evaluate_form.main([str(tmp_path), "--json"]) == 2
    assert "There is no song" in capsys.readouterr().err
