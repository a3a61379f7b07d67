"""The commands that calibrate seam and similarity, on a small folder of songs and a tiny model."""

import json
import shutil

import numpy as np
import pytest
import soundfile

from engine import weights
from engine.audio import read
from engine.similarity import FRAMES_PER_SECOND, SONGS_FILE, closest, load_songs
from engine.train import calibrate_seam, calibrate_similarity, index_songs
from engine.train.index_songs import cut_out, discriminant
from engine.weights import random_model
from tests.engine.grooves import groove

RATE = 24_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Five songs of 21 s as `engine.train.render` leaves them."""
    folder = tmp_path_factory.mktemp("songs")
    for number, tempo in enumerate((90.0, 104.0, 117.0, 131.0, 146.0)):
        song = groove(21.0, RATE, tempo=tempo, pitch=150.0 * 1.3**number)
        soundfile.write(folder / f"{number:06d}.wav", song.T, RATE, "PCM_16")
        beats = [beat * 60 / tempo for beat in range(40)]
        score = {"tempo": tempo, "beats": beats, "beats_per_bar": 4, "style": "funk" if number % 2 else "folk"}
        (folder / f"{number:06d}.json").write_text(json.dumps(score))
    return folder


@pytest.fixture(scope="module")
def model(folder, tmp_path_factory):
    """A tiny model with an index of the songs."""
    model = tmp_path_factory.mktemp("model")
    weights.save(random_model("tiny"), model, "none")
    index_songs.main([str(folder), str(model), "--copies", "3"])
    return model


def test_real_cuts_score_higher_than_wrong_ones(folder, capsys):
    calibrate_seam.main([str(folder), "--json"])
    table = json.loads(capsys.readouterr().out.splitlines()[-1])
    middle = calibrate_seam.PERCENTILES.index(50)
    assert table["real total"][middle] > 90 > 40 > table["wrong total"][middle]
    assert table["real beat_phase"][middle] < 0.1 < 0.5 < table["wrong beat_phase"][middle]
    assert table["real step"][middle] <= 1


def test_short_songs_are_passed_over(tmp_path):
    soundfile.write(tmp_path / "000000.wav", groove(9.0, RATE).T, RATE)
    (tmp_path / "000000.json").write_text("{}")
    assert list(calibrate_seam.cuts(tmp_path, 5)) == []


def test_the_index_holds_every_song(model):
    songs = load_songs(model / SONGS_FILE)
    assert sorted(set(songs.song)) == [0, 1, 2, 3, 4]
    assert np.mean(songs.frames**2) == pytest.approx(1, abs=0.2)


def test_an_index_goes_on_with_songs_that_it_lacks(folder, model, tmp_path):
    grown = shutil.copytree(model, tmp_path / "model")
    songs = shutil.copytree(folder, tmp_path / "songs")
    before = load_songs(model / SONGS_FILE)
    soundfile.write(songs / "000007.wav", groove(12.0, RATE, tempo=98.0, pitch=700.0).T, RATE, "PCM_16")
    index_songs.main([str(songs), str(grown), "--onward"])
    after = load_songs(grown / SONGS_FILE)
    known = len(before.song)
    assert np.array_equal(after.frames[:known], before.frames) and np.array_equal(after.song[:known], before.song)
    assert set(after.song[known:]) == {7} and len(after.song) - known == pytest.approx(12 * FRAMES_PER_SECOND, abs=2)
    taken = cut_out(read(songs / "000007.wav"), 3.1, 6.0)
    match = closest(taken, after)
    assert match.song == 7 and match.copied
    assert closest(taken, before).song != 7


def test_similarity_is_calibrated(folder, model, capsys):
    calibrate_similarity.main([str(folder), str(folder), "--model", str(model), "--songs", "4", "--json"])
    table = json.loads(capsys.readouterr().out.splitlines()[-1])
    middle = calibrate_similarity.PERCENTILES.index(50)
    assert table["same song"][middle] < table["same style"][middle]
    assert table["same song"][middle] < table["other style"][middle]
    assert table["unseen"][middle] < 0.1  # here they are the index's own songs
    assert table["copies"] == 4 and 0 <= table["found"] <= 4


def test_the_directions_avoid_what_copies_change():
    random = np.random.default_rng(0)
    frames = random.standard_normal((3000, 96)) * np.linspace(1, 2, 96)
    changed = random.standard_normal((500, 96)) * np.where(np.arange(96) < 48, 0.1, 5.0)
    weight = np.abs(discriminant(frames, changed).projection).sum(axis=1)
    assert weight[:48].sum() > 10 * weight[48:].sum()
