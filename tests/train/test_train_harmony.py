"""What keys and chords are learned from, and that the stage runs, goes on where it was, and writes what is read."""

import json

import numpy as np
import pytest
import soundfile
import torch

from engine.errors import CalmError
from engine.music.harmony import MOMENTS_PER_SECOND, PITCHES, read, trained
from engine.music.leadsheet import SCALES
from engine.music.qualities import QUALITIES
from engine.train import harmony_lessons, train_harmony
from engine.train.compose import compose
from engine.train.harmony_lessons import UNKNOWN, Song, draw_batch, song_of, songs_of
from engine.train.plain_music import plain_clip
from engine.train.sound_font import find_soundfont, render
from engine.train.train_harmony import worn

RATE = 48_000
KINDS = len(QUALITIES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder as engine.train.render makes it, of one song."""
    folder, song = tmp_path_factory.mktemp("songs"), compose(1003000)
    soundfile.write(folder / "1003000.wav", render(song, find_soundfont(), RATE).T, RATE, "PCM_16")
    (folder / "1003000.json").write_text(json.dumps(song.labels()))
    return folder


@pytest.fixture(autouse=True)
def few_clips(monkeypatch):
    monkeypatch.setattr(harmony_lessons, "PLAIN_CLIPS", 20)


def test_the_truth_of_a_song_is_that_of_its_labels(folder, tmp_path):
    labels = json.loads((folder / "1003000.json").read_text())
    song, *clips = songs_of([folder], tmp_path / "kept")
    assert song.key == labels["tonic"] * len(SCALES) + list(SCALES).index(labels["mode"])
    for chord in labels["chords"]:
        middle = round((chord["start"] + chord["duration"] / 2) * MOMENTS_PER_SECOND)
        assert song.chords[middle] // KINDS == chord["root"]
    assert song.chords[-1] == UNKNOWN  # after its last chord
    assert 0 < len(clips) <= 20


def test_songs_are_heard_once(folder, tmp_path, monkeypatch):
    first = songs_of([folder], tmp_path)[0]
    monkeypatch.setattr(harmony_lessons, "song_of", lambda excerpt: pytest.fail("heard again"))
    monkeypatch.setattr(harmony_lessons, "PLAIN_CLIPS", 0)
    (again,) = songs_of([folder], tmp_path)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_without_songs_it_is_said_how_to_make_some(tmp_path):
    with pytest.raises(CalmError, match="no songs"):
        songs_of([tmp_path], tmp_path / "kept")


def test_a_chord_is_told_when_it_sounds():
    clip = plain_clip(33, 10.0)  # pads
    song = song_of(clip)
    assert len(song.heights) == len(song.chords)
    sounding = song.heights[:, :48].astype(float)
    for number in set(song.chords[song.chords != UNKNOWN]):
        classes = sounding[song.chords == number].sum(axis=0).reshape(-1, 12).sum(axis=0)
        assert classes[number // KINDS] > np.median(classes)


def steady(pitch):
    """A song of one tone, that of its chord and its key."""
    heights = np.zeros((60, PITCHES), np.float16)
    heights[:, pitch] = 1
    return Song(heights, np.full(60, pitch % 12 * KINDS + 1), pitch % 12 * len(SCALES) + 2)


def test_what_is_moved_is_moved_alike():
    batch = draw_batch([steady(pitch) for pitch in range(20, 40)], 5.0, 50, np.random.default_rng(0))
    assert batch.heights.shape == (50, PITCHES, round(5 * MOMENTS_PER_SECOND))
    sounding = batch.heights.argmax(axis=1)
    assert (sounding % 12 == batch.chords // KINDS).all()
    assert (sounding[:, 0] % 12 == batch.keys // len(SCALES)).all()
    assert set(batch.chords.ravel() % KINDS) == {1}
    assert set(batch.keys % len(SCALES)) == {2}
    assert len(set(batch.keys)) > 6


def test_what_is_unknown_stays_unknown():
    song = steady(30)._replace(chords=np.full(60, UNKNOWN))
    assert (draw_batch([song], 5.0, 9, np.random.default_rng(0)).chords == UNKNOWN).all()


def test_only_songs_that_are_long_enough_are_drawn():
    short = steady(20)._replace(heights=np.zeros((20, PITCHES), np.float16), chords=np.zeros(20, int))
    batch = draw_batch([short, steady(30)], 10.0, 8, np.random.default_rng(0))
    assert (batch.heights.max(axis=1) == 1).all()


def test_wear_colours_loses_and_adds_tones():
    torch.manual_seed(0)
    heights = torch.rand(8, PITCHES, 40)
    heights[:, ::2] = 0
    found = worn(heights, np.random.default_rng(2))
    assert found.shape == heights.shape
    assert (found >= 0).all()
    sounding = heights > 0
    assert 0.7 < (found[sounding] > 0).float().mean() < 1
    assert 0 < (found[~sounding] > 0).float().mean() < 0.04
    ratio = (found / heights)[sounding & (found > 0)].log()
    assert ratio.std() > 0.05


def test_the_stage_learns_goes_on_and_writes_what_is_read(folder, tmp_path, capsys):
    out, file = tmp_path / "run", tmp_path / "harmony.safetensors"
    for minutes in ("0.03", "0.06"):
        train_harmony.main([str(folder), "--out", str(out), "--minutes", minutes, "-o", str(file)])
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert lines[0]["step"] == 0
    state = torch.load(out / "checkpoint.pt", weights_only=True)
    assert state["elapsed"] >= 0.06 * 60
    found, known = read(file).state_dict(), trained().state_dict()
    assert {name: each.shape for name, each in found.items()} == {name: each.shape for name, each in known.items()}
    assert "heard 1 of 1 songs" in capsys.readouterr().err
