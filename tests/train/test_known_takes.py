"""The takes that no model wrote, and the songs that they are made of."""

import json

import numpy as np
import pytest
import soundfile

from engine.errors import CalmError
from engine.train.heldout import CUT_SECONDS, PROMPT_SECONDS, START_SECONDS, read_clips
from engine.train.known_takes import NEEDS_OTHERS, known_takes, matched_noise, shuffled
from engine.weights import random_model
from tests.engine.tunes import tune

RATE = 48_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Songs of 19, 21, 45 and 30 s, in that order."""
    folder = tmp_path_factory.mktemp("songs")
    for seed, seconds in enumerate((19, 21, 45, 30)):
        soundfile.write(folder / f"{seed:06}.wav", tune(seconds, RATE, 100 + seed, seed).T, RATE, "FLOAT")
        score = {"seed": seed, "tempo": 100.0 + seed, "beats_per_bar": 4, "tonic": seed, "mode": "major"}
        (folder / f"{seed:06}.json").write_text(json.dumps(score))
    return folder


def test_prompt_and_truth_lie_side_by_side(folder):
    clip = read_clips(folder, 1, 6)[0]
    whole = soundfile.read(folder / "000000.wav", dtype="float32")[0].T
    assert np.array_equal(np.hstack([clip.prompt, clip.truth]), whole[:, START_SECONDS * RATE :])
    assert clip.prompt.shape[1] == PROMPT_SECONDS * RATE and clip.name == "000000"


def test_songs_that_end_too_soon_are_left_out(folder):
    assert [clip.name for clip in read_clips(folder, 9, 8)] == ["000001", "000002", "000003"]
    assert [clip.name for clip in read_clips(folder, 2, 8)] == ["000001", "000002"]
    long = read_clips(folder, 9, 60)
    assert [clip.name for clip in long] == ["000002"]
    assert long[0].seconds == 60 and long[0].truth.shape[1] == (45 - CUT_SECONDS) * RATE


def test_a_folder_without_songs_is_told(tmp_path):
    with pytest.raises(CalmError, match="no song"):
        read_clips(tmp_path, 3, 6)


def test_the_score_that_is_told_counts_from_the_prompt(folder):
    sheet = read_clips(folder, 1, 6)[0].sheet("by the score")
    assert sheet.grids[0].downbeat == -START_SECONDS and sheet.tonic == 0
    heard = read_clips(folder, 1, 6)[0].sheet("as heard")
    assert heard.grids[0].tempo == pytest.approx(100, rel=0.02)


def ahead(sheet):
    return [chord for chord in sheet.chords if chord.start >= PROMPT_SECONDS]


def test_free_and_with_chords_of_its_own_it_keeps_the_time_that_is_heard(folder):
    clip = read_clips(folder, 1, 6)[0]
    heard, free, own = (clip.sheet(told) for told in ("as heard", "free", "own chords"))
    assert heard.grids == free.grids == own.grids and heard.tonic == free.tonic == own.tonic is not None
    assert [c for c in free.chords if c.start >= PROMPT_SECONDS] == []
    assert [c for c in own.chords if c.start >= PROMPT_SECONDS] != [
        c for c in heard.chords if c.start >= PROMPT_SECONDS
    ]
    assert own == clip.sheet("own chords"), "the song's seed draws them"


def test_rows_of_other_songs_need_other_songs(folder):
    clips, model = read_clips(folder, 4, 6), random_model("tiny")
    takes = known_takes(model, clips[:2], clips[2:])
    assert np.array_equal(takes["another song"](clips[:2])[1], clips[0].truth)
    assert np.array_equal(takes["songs set apart"](clips[:2])[1], clips[3].truth)
    assert "songs set apart" not in known_takes(model, clips[:3], clips[3:])
    assert set(NEEDS_OTHERS) < set(takes)
    for name, write in takes.items():
        seconds = [take.shape[1] / RATE for take in write(clips[:2])]
        assert 0.6 * 6 < min(seconds) <= max(seconds) <= 6, name


def test_what_is_shuffled_is_the_same_sound_elsewhere(folder):
    clip = read_clips(folder, 1, 6)[0]
    mixed = shuffled(clip, 0.5)
    assert not np.array_equal(mixed, clip.truth)
    assert np.array_equal(np.sort(mixed), np.sort(clip.truth))


def test_noise_has_the_spectrum_and_nothing_else(folder):
    clip = read_clips(folder, 1, 6)[0]
    noise = matched_noise(clip)
    assert noise.std() == pytest.approx(clip.truth.std(), rel=0.01)
    true, other = (np.abs(np.fft.rfft(sound[0, : 6 * RATE])) ** 2 for sound in (clip.truth, noise))
    by_band = [10 * np.log10(spectrum[:60_000].reshape(-1, 1000).mean(1) + 1e-9) for spectrum in (true, other)]
    assert np.median(np.abs(by_band[0] - by_band[1])) < 2
    assert abs(np.corrcoef(clip.truth[0], noise[0])[0, 1]) < 0.05
