"""A take's verdict: what each measure says of takes whose faults are known."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from engine.audio import Audio
from engine.similarity import shapes
from engine.train.heldout import CUT_SECONDS, read_clips
from engine.train.index_songs import index
from engine.train.judge_take import MEASURES, Verdict, judge
from engine.train.known_takes import matched_noise
from engine.train.take_table import mean_of, row_of, text_of
from tests.engine.tunes import CHORDS, tune

RATE, SECONDS, TEMPO = 48_000, 24, 120.0
NAMES = ("C", "Dm", "F", "G")


def write_song(folder, seed, tonic, sound=None):
    song = tune(CUT_SECONDS + SECONDS, RATE, TEMPO, tonic) if sound is None else sound
    soundfile.write(folder / f"{seed:06}.wav", song.T, RATE, "PCM_16")
    chords = [
        {"start": 1.0 * n, "duration": 1.0, "symbol": NAMES[n % 4], "root": (CHORDS[n % 4][0] + tonic) % 12}
        | {"bass": (CHORDS[n % 4][0] + tonic) % 12, "pitches": sorted((p + tonic) % 12 for p in CHORDS[n % 4])}
        for n in range(CUT_SECONDS + SECONDS)
    ]
    score = {"seed": seed, "tempo": TEMPO, "beats_per_bar": 4, "chords": chords}
    score |= {"tonic": tonic, "mode": "major"}
    score["beats"] = [0.5 * n for n in range(2 * (CUT_SECONDS + SECONDS))]
    (folder / f"{seed:06}.json").write_text(json.dumps(score))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    write_song(folder, 0, 2)
    return read_clips(folder, 1, SECONDS)[0]


@pytest.fixture(scope="module")
def songs():
    """Tunes that were learned from, none of them the clip's."""
    random = np.random.default_rng(5)
    found = [shapes(Audio(melody(seed), RATE)) for seed in range(6)]
    return index(found, list(range(100, 106)), random.standard_normal((400, found[0].shape[1])))


def melody(seed, seconds=12):
    random, t = np.random.default_rng(seed), np.arange(seconds * RATE) / RATE
    pitches = 110 * 2 ** (random.integers(0, 36, 4 * seconds) / 12)
    phase = 2 * np.pi * np.cumsum(pitches[(t * 4).astype(int)]) / RATE
    sound = sum(np.sin(k * phase) / k for k in (1, 2, 3)) * np.exp(-2 * (t % 0.25))
    return np.tile(0.2 * sound, (2, 1)).astype(np.float32)


@pytest.fixture(scope="module")
def real(clip, songs):
    return judge(clip, clip.truth, songs)


def verdict(clip, audio, songs=None):
    return judge(clip, audio, songs).values


def test_the_truth_has_what_the_score_says(real):
    values = real.values
    assert values.keys() == MEASURES.keys()
    assert values["tempo"] == values["tempo_heard"] == values["key_heard"] == values["scale_heard"] == 1
    assert values["chords_heard"] > 0.6 and values["in_scale"] > 0.8 and values["seam"] > 80
    assert values["fallen"] == values["collapsed"] == values["copied"] == 0
    assert values["loudness_moves"] < 0.5 and values["onsets"] == 1
    assert min(values["recurs_2"], values["recurs_4"]) > 0.8
    assert len(real.loudness) == len(real.spectrum) == 2
    assert [len(half["mfcc"]) for half in real.halves] == [60, 60]


def test_another_key_and_tempo_are_heard(clip):
    other = verdict(clip, tune(SECONDS, RATE, TEMPO, tonic=8))
    assert other["key_heard"] == other["scale_heard"] == 0 and other["chords_heard"] < 0.2
    assert other["tempo_heard"] == 1
    faster = verdict(clip, tune(SECONDS, RATE, 1.17 * TEMPO, tonic=2))
    assert faster["tempo_heard"] == 0 and faster["key_heard"] == 1
    assert faster["recurs_4"] < 0.5


def test_noise_in_the_colours_of_the_truth_is_no_music(clip, real):
    noise = verdict(clip, matched_noise(clip))
    assert noise["noise"] == noise["fallen"] == 1 and noise["stuck"] == noise["silence"] == noise["clipping"] == 0
    assert noise["collapsed"] == 0  # the older column cannot tell
    assert noise["seam"] < real.values["seam"] - 30 and abs(noise["recurs_2"]) < 0.2


def test_a_stuck_frame_is_told_apart_from_silence(clip):
    stuck = verdict(clip, np.tile(clip.truth[:, : RATE // 25], (1, 25 * SECONDS)))
    assert stuck["stuck"] == stuck["fallen"] == 1 and stuck["noise"] == 0
    silent = verdict(clip, np.zeros_like(clip.truth))
    assert silent["silence"] == silent["fallen"] == silent["collapsed"] == 1
    assert silent["tempo_heard"] == silent["key_heard"] == 0


def test_a_song_learned_from_is_found(clip, songs, real):
    copy = clip.truth.copy()
    copy[:, 2 * RATE : 12 * RATE] = melody(3)[:, : 10 * RATE]
    copied = verdict(clip, copy, songs)
    assert copied["copied"] == 1 and copied["nearest"] > 90 > real.values["nearest"]
    unknown = verdict(clip, copy)
    assert unknown["copied"] is None and unknown["nearest"] is None


def test_a_fade_moves_the_loudness(clip):
    faded = clip.truth * np.linspace(1, 0.1, clip.truth.shape[1], dtype=np.float32)
    assert verdict(clip, faded)["loudness_moves"] > 4


def test_rows_are_means_over_those_that_have_a_value(clip, real):
    noise = judge(clip, matched_noise(clip), None)
    row = row_of([real, noise], [real, real])
    assert row["key_heard"] == (real.values["key_heard"] + noise.values["key_heard"]) / 2
    assert row["nearest"] == real.values["nearest"] and row["frechet_mfcc"] is None
    assert row["loudness_by_10s"] == pytest.approx((np.array(real.loudness) + noise.loudness) / 2)
    both = mean_of([row, row_of([real, real], [real, real])])
    assert both["noise"] == 0.25 and both["nearest"] == real.values["nearest"]
    assert len(both["spectrum_by_10s"]) == 2


def test_a_key_is_asked_for_where_the_truth_has_it(clip, real):
    wrong = replace(real, values=real.values | {"key_heard": 0.0})
    assert row_of([real, wrong], [real, wrong])["key_kept"] == 1
    assert row_of([wrong, real], [real, wrong])["key_kept"] == 0
    assert row_of([real], [wrong])["key_kept"] is None


def test_distances_are_of_second_halves_to_the_truths_first():
    def verdict(first, second):
        halves = [{"mfcc": [x, x**2], "chroma": [x, 1.0], "rhythm": [x, -x]} for x in (first, second)]
        return Verdict(dict.fromkeys(MEASURES), [0.0], [0.0], halves)

    truths = [verdict(*pair) for pair in ((1.0, 5.0), (2.0, 7.0), (4.0, 9.0))]
    takes = [verdict(*pair) for pair in ((5.0, 1.0), (7.0, 2.0), (9.0, 4.0))]
    assert row_of(takes, truths)["frechet_mfcc"] == pytest.approx(0, abs=1e-6)
    assert row_of(truths, truths)["frechet_mfcc"] > 10
    assert row_of(takes[:2], truths[:2])["frechet_rhythm"] is None


def test_the_text_warns_of_few_clips(real):
    table = {"a row": row_of([real], [real])}
    assert "fewer than 100" in text_of(table, 20) and "fewer than" not in text_of(table, 100)
    assert all(measure in text_of(table, 100) for measure in MEASURES if measure != "loudness_moves")
