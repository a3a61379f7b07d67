"""The excerpts of songs, what is learned from them, and how hearing is judged."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from engine.music.heard import Heard, HeardChord, Key
from engine.music.learned import Network, learned, read
from engine.train import evaluate_hearing, fit_hearing
from engine.train.compose import compose
from engine.train.excerpts import Excerpt, read_excerpts
from engine.train.fit_hearing import Layer, excerpts, fit_network
from engine.train.plain_music import plain_clip
from engine.train.sound_font import find_soundfont, render

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
    assert (verdict.relative, verdict.mirex) == (1, 1)
    assert (verdict.root, verdict.triad) == (1, 1)


def test_a_deaf_ear_is_right_in_nothing(excerpt):
    verdict = evaluate_hearing.judge(Heard(None, (), 4, 0, 0.0, None, 0.0, ()), excerpt, 0.1)
    assert (verdict.tempo, verdict.octave, verdict.beats, verdict.key, verdict.scale) == (0, 0, 0, 0, 0)
    assert (verdict.root, verdict.triad) == (0, 0)
    assert np.isnan(verdict.downbeat)


def test_the_table_has_a_row_for_each_length(songs, capsys):
    evaluate_hearing.main([str(songs), "--songs", "2", "--clips", "2", "--json"])
    table = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(table) == ["5 s songs", "10 s songs", "30 s songs", "5 s clips", "10 s clips"]
    assert all(row["excerpts"] == 2 and row["beats"] > 0.3 for row in table.values())


def test_where_there_are_only_drums_key_and_chords_are_not_judged():
    clip = plain_clip(0, 5.0)
    verdict = evaluate_hearing.judge(Heard(clip.song["tempo"], (), 4, 0, 1.0, None, 0.0, ()), clip, 0.1)
    assert verdict.tempo == 1
    assert np.isnan([verdict.key, verdict.relative, verdict.mirex, verdict.scale, verdict.root, verdict.triad]).all()


@pytest.mark.parametrize(
    ("heard", "true", "score"),
    [
        (Key(0, "major"), Key(0, "major"), 1.0),
        (Key(7, "major"), Key(0, "major"), 0.5),
        (Key(5, "minor"), Key(0, "minor"), 0.5),
        (Key(9, "minor"), Key(0, "major"), 0.3),
        (Key(0, "major"), Key(9, "minor"), 0.3),
        (Key(4, "major"), Key(4, "minor"), 0.2),
        (Key(3, "minor"), Key(0, "major"), 0.0),
        (Key(2, "major"), Key(0, "major"), 0.0),
    ],
)
def test_a_near_miss_of_the_key_counts_as_mirex_has_it(heard, true, score):
    assert evaluate_hearing.mirex_score(heard, true) == score


def test_a_network_learns_what_no_line_parts():
    draw = np.random.default_rng(0)
    choices = []
    for _ in range(400):
        columns = draw.uniform(-1, 1, (draw.integers(2, 6), 2))
        choices.append((columns, np.arange(len(columns)) == np.abs(columns[:, 0]).argmin()))
    layers = fit_network(choices, Layer(hidden=8, steps=300, decay=1e-3, dropped=0.0))
    network = Network(np.array(layers["inner"]), np.array(layers["outer"]))
    assert np.mean([right[network.scores(columns)[:, 0].argmax()] for columns, right in choices]) > 0.8
    assert fit_network(choices, Layer(8, 3, 1e-3, 0.5)) == fit_network(choices, Layer(8, 3, 1e-3, 0.5))


def test_a_fit_has_the_shapes_that_hearing_needs(songs, tmp_path, monkeypatch):
    path = tmp_path / "learned.json"
    for name in ("TEMPO", "BARS"):
        monkeypatch.setattr(fit_hearing, name, replace(getattr(fit_hearing, name), steps=2))
    fit_hearing.main([str(songs), "--songs", "2", "--clips", "6", "-o", str(path)])
    found, known = read(path), learned()
    for mine, theirs in ((found.tempo, known.tempo), (found.bars, known.bars)):
        assert (mine.inner.shape, mine.outer.shape) == (theirs.inner.shape, theirs.outer.shape)


def test_songs_and_clips_are_learned_from(songs):
    found = list(excerpts(songs, 2, 20))
    assert len(found) == 2 * len(fit_hearing.LENGTHS) + 20
    assert {excerpt.seconds for excerpt in found[-20:]} == set(fit_hearing.PLAIN_LENGTHS)


def test_modes_count_as_major_or_minor_by_their_third():
    modes = {"dorian": "minor", "mixolydian": "major", "lydian": "major", "phrygian": "minor"}
    for mode, third in modes.items():
        assert evaluate_hearing.true_key({"tonic": 2, "mode": mode}) == Key(2, third)
