"""The excerpts of songs, what is learned from them, and how hearing is judged."""

import json

import numpy as np
import pytest
import soundfile

from engine.music.heard import Heard, HeardChord, Key
from engine.music.learned import Learned, learned, log_chances
from engine.train import evaluate_hearing, fit_hearing
from engine.train.compose import compose
from engine.train.excerpts import Excerpt, read_excerpts
from engine.train.fit_hearing import fit_choice, fit_profiles, prepare
from engine.train.render import find_soundfont, render

RATE = 48_000
SEEDS = (1003000, 1003001)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    """A folder as engine.train.render makes it, of two songs."""
    folder = tmp_path_factory.mktemp("songs")
    for seed in SEEDS:
        song = compose(seed)
        soundfile.write(folder / f"{seed}.wav", render(song, find_soundfont(), RATE).T, RATE, "PCM_16")
        (folder / f"{seed}.json").write_text(json.dumps(song.labels()))
    return folder


@pytest.fixture(scope="module")
def excerpt(songs) -> Excerpt:
    return next(read_excerpts(songs, (10.0,), 1))


def test_excerpts_are_of_every_length_and_the_same_each_time(songs):
    first, again = (list(read_excerpts(songs, (5.0, 10.0), 9)) for _ in range(2))
    assert [part.seconds for part in first] == [5.0, 10.0] * 2
    assert [part.start for part in first] == [part.start for part in again]
    assert all(part.audio.seconds == part.seconds and part.audio.rate == RATE for part in first)


def test_truth_is_told_in_the_time_of_the_excerpt(excerpt):
    inside = [beat for beat in excerpt.song["beats"] if excerpt.start <= beat < excerpt.start + 10]
    assert excerpt.beats + excerpt.start == pytest.approx(inside)
    number = excerpt.song["beats"].index(inside[excerpt.first_downbeat])
    assert number % excerpt.song["beats_per_bar"] == 0
    chord = excerpt.chord_at(3.0)
    assert chord["start"] <= excerpt.start + 3.0 < chord["start"] + chord["duration"]


def perfect(excerpt: Excerpt) -> Heard:
    """What a perfect ear would hear in an excerpt."""
    song = excerpt.song
    spans = [(chord, chord["start"] - excerpt.start) for chord in song["chords"]]
    chords = [HeardChord(**{**c, "start": at}, confidence=1.0) for c, at in spans]
    key = evaluate_hearing.true_key(song)
    beats = tuple(excerpt.beats)
    return Heard(song["tempo"], beats, song["beats_per_bar"], excerpt.first_downbeat, 1.0, key, 1.0, tuple(chords))


def test_a_perfect_ear_is_right_in_everything(excerpt):
    verdict = evaluate_hearing.judge(perfect(excerpt), excerpt, 0.1)
    assert (verdict.tempo, verdict.octave, verdict.tempo_error, verdict.beats) == (1, 0, 0, 1)
    assert (verdict.metre, verdict.downbeat, verdict.key, verdict.scale) == (1, 1, 1, 1)
    assert (verdict.root, verdict.triad) == (1, 1)


def test_a_deaf_ear_is_right_in_nothing(excerpt):
    verdict = evaluate_hearing.judge(Heard(None, (), 4, 0, 0.0, None, 0.0, ()), excerpt, 0.1)
    assert (verdict.tempo, verdict.octave, verdict.beats, verdict.key, verdict.scale) == (0, 0, 0, 0, 0)
    assert (verdict.root, verdict.triad) == (0, 0)
    assert np.isnan(verdict.downbeat)


def test_the_table_has_a_row_for_each_length(songs, capsys):
    evaluate_hearing.main([str(songs), "--songs", "2", "--json"])
    table = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(table) == ["5 s", "10 s", "30 s"]
    assert all(row["excerpts"] == 2 and row["beats"] > 0.3 for row in table.values())


def test_choices_are_learned():
    draw = np.random.default_rng(0)
    choices = []
    for _ in range(200):
        columns = draw.standard_normal((draw.integers(2, 6), 3))
        choices.append((columns, np.arange(len(columns)) == (columns @ [1, -2, 0]).argmax()))
    weights = fit_choice(choices, 1e-3)
    assert np.mean([right[(columns @ weights).argmax()] for columns, right in choices]) > 0.97
    assert weights[0] > 1 and weights[1] < -2 and abs(weights[2]) < 0.5


def test_profiles_are_learned_on_any_root():
    draw = np.random.default_rng(0)
    shapes = [(0, 4, 7), (0, 3, 7)]
    truth = draw.integers(0, 24, 300)
    columns = 0.1 * draw.random((300, 12))
    for row, number in zip(columns, truth, strict=True):
        row[[(number // 2 + i) % 12 for i in shapes[number % 2]]] += 1
    profiles = fit_profiles(columns, truth, 2, 1e-4)
    assert profiles.shape == (2, 13)
    assert np.mean(log_chances(columns, profiles).argmax(axis=1) == truth) == 1


def test_a_fit_has_the_shapes_that_hearing_needs(songs, tmp_path):
    fit_hearing.main([str(songs), "--songs", "2", "-o", str(tmp_path / "learned.json")])
    found = Learned(**{k: np.array(v) for k, v in json.loads((tmp_path / "learned.json").read_text()).items()})
    for name in ("tempo", "bars", "chords", "key"):
        assert getattr(found, name).shape == getattr(learned(), name).shape, name


def test_what_is_quiet_has_no_tones(excerpt):
    lesson = prepare(excerpt)
    assert len(lesson.tones) == len(excerpt.beats)
    assert np.allclose(np.linalg.norm(lesson.tones.reshape(-1, 2, 12), axis=2)[lesson.tones.any(axis=1)][:, 1], 1)


def test_modes_count_as_major_or_minor_by_their_third():
    modes = {"dorian": "minor", "mixolydian": "major", "lydian": "major", "phrygian": "minor"}
    for mode, third in modes.items():
        assert evaluate_hearing.true_key({"tonic": 2, "mode": mode}) == Key(2, third)
