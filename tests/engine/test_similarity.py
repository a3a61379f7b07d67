"""Similarity on music whose origin is known: copies are found where they were taken from, and nothing else is."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from engine.audio import Audio
from engine.errors import CalmError
from engine.similarity import (
    DIMENSIONS,
    FRAMES_PER_SECOND,
    SONGS_FILE,
    Songs,
    closest,
    load_songs,
    prompt_similarity,
    save_songs,
    shapes,
)
from engine.train.index_songs import index
from tests.engine.grooves import groove

RATE = 22_050
MODELS = Path(__file__).parents[2] / "assets" / "models"


def melody(seed, seconds=12.0, rate=RATE):
    """A tune of random notes with overtones, a new one every 0.3 s, over a drum."""
    random = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    pitches = 110 * 2 ** (random.integers(0, 36, size=int(seconds / 0.3) + 1) / 12)
    phase = np.cumsum(2 * np.pi * pitches[(t / 0.3).astype(int)] / rate)
    tune = sum(np.sin(k * phase) / k**1.5 for k in (1, 2, 3, 4)) * np.exp(-2 * (t % 0.3))
    return Audio((0.2 * tune + 0.3 * groove(seconds, rate, pitch=440.0)).astype(np.float32), rate)


def part(audio, start, seconds):
    first = round(start * audio.rate)
    return Audio(audio.samples[:, first : first + round(seconds * audio.rate)], audio.rate)


@pytest.fixture(scope="module")
def songs():
    tunes = [shapes(melody(seed)) for seed in range(8)]
    noise = np.random.default_rng(0).standard_normal((400, tunes[0].shape[1]))
    return index(tunes, [100 + seed for seed in range(8)], noise)


@pytest.mark.parametrize("start", [0.0, 3.1, 7.77])
@pytest.mark.parametrize("song", [0, 5])
def test_a_copied_passage_is_found(songs, song, start):
    match = closest(part(melody(song), start, 3.3), songs)
    assert match.song == 100 + song and match.song_seconds == pytest.approx(start, abs=0.3)
    assert match.copied and match.score > 90


def test_a_copy_is_found_inside_a_take_at_another_rate_and_level(songs):
    copied = part(melody(3, rate=44_100), 6.0, 4.0).samples
    own = melody(77, rate=44_100).samples[:, : 3 * 44_100]
    match = closest(Audio(np.concatenate([own, 0.3 * copied], axis=1), 44_100), songs)
    assert match.song == 103 and match.copied
    assert match.seconds == pytest.approx(3.0, abs=1.1)
    assert match.song_seconds == pytest.approx(6.0 + match.seconds - 3.0, abs=0.3)


def test_a_copy_late_in_a_long_take_is_found_where_it_is(songs):
    own = [melody(70 + number).samples for number in range(3)]
    long = np.concatenate([*own, part(melody(3), 6.0, 4.0).samples], axis=1)
    match = closest(Audio(long, RATE), songs)
    assert match.song == 103 and match.copied
    assert match.seconds == pytest.approx(36.5, abs=1.1)
    assert match.song_seconds == pytest.approx(6.0 + match.seconds - 36.0, abs=0.3)


def test_a_long_take_takes_no_more_memory():
    bundled = load_songs(MODELS / "studio" / SONGS_FILE)
    take = Audio(np.random.default_rng(0).standard_normal((2, 120 * RATE)).astype(np.float32), RATE)
    tracemalloc.start()
    try:
        prompt_similarity(part(take, 0, 5), take, bundled.basis)
        closest(take, bundled)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 150e6  # all spectra and distances at once would be 850 MB, in 10 minutes five times that


def test_a_copy_with_noise_is_still_closer_than_new_music(songs):
    copied = part(melody(2), 4.0, 5.0)
    noise = 0.01 * np.random.default_rng(0).standard_normal(copied.samples.shape)
    noisy = closest(Audio((copied.samples + noise).astype(np.float32), RATE), songs)
    new = closest(part(melody(50), 4.0, 5.0), songs)
    assert noisy.song == 102 and noisy.ratio < new.ratio
    assert not new.copied and new.score < noisy.score


def test_no_passage_spans_two_songs(songs):
    border = int((songs.song == 101).argmax())
    both = songs.frames[border - 6 : border + 6]
    assert len(set(songs.song[border - 6 : border + 6])) == 2 and both.shape == (12, DIMENSIONS)
    spliced = np.concatenate([melody(0).samples[:, -2 * RATE :], melody(1).samples[:, : 2 * RATE]], axis=1)
    assert not closest(Audio(spliced, RATE), songs).copied


def test_what_repeats_its_prompt_is_similar_and_another_song_is_not(songs):
    prompt = part(melody(4), 0.0, 8.0)
    same = prompt_similarity(prompt, part(melody(4), 2.0, 5.0), songs.basis)
    other = prompt_similarity(prompt, part(melody(60), 2.0, 5.0), songs.basis)
    assert same > 95 and other < 60


def test_silence_is_compared_too(songs):
    silent = Audio(np.zeros((2, 4 * RATE), np.float32), RATE)
    assert not closest(silent, songs).copied
    assert 0 <= prompt_similarity(melody(0), silent, songs.basis) <= 100


@pytest.mark.parametrize("seconds", [0.01, 1.0, 2.7])
def test_less_than_a_passage_cannot_be_compared(songs, seconds):
    with pytest.raises(CalmError, match="too little sound"):
        closest(part(melody(0), 0.0, seconds), songs)
    with pytest.raises(CalmError, match="too little sound"):
        prompt_similarity(part(melody(0), 0.0, seconds), melody(0), songs.basis)


def test_the_index_comes_back_from_its_file(songs, tmp_path):
    path = tmp_path / "songs.safetensors"
    save_songs(songs, path)
    back = load_songs(path)
    assert np.array_equal(back.song, songs.song)
    near = np.abs(songs.frames) < 3
    assert np.abs(back.frames - songs.frames)[near].max() <= 0.2 + 1e-6  # half a step
    assert path.stat().st_size < 6 * len(songs.frames) + 10_000
    match = closest(part(melody(5), 3.1, 3.3), back)
    assert match.song == 105 and match.copied


def test_twelve_hours_fit_into_a_megabyte_and_a_half(songs, tmp_path):
    count = 12 * 3600 * FRAMES_PER_SECOND
    frames = np.random.default_rng(0).standard_normal((count, DIMENSIONS)).astype(np.float32)
    save_songs(Songs(songs.basis, frames, np.arange(count) // 240), tmp_path / "songs.safetensors")
    assert (tmp_path / "songs.safetensors").stat().st_size < 1.5e6


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "a tensor less", "random"])
def test_a_damaged_index_is_told(songs, tmp_path, damage):
    path = tmp_path / "songs.safetensors"
    save_songs(songs, path)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "a tensor less":
        save_file({name: value for name, value in load_file(path).items() if name != "song"}, path)
    else:
        path.write_bytes({"empty": b"", "cut": whole[:-100], "random": np.random.default_rng(0).bytes(500)}[damage])
    with pytest.raises(CalmError, match="missing" if damage == "missing" else "damaged"):
        load_songs(path)


def test_the_bundled_index_is_small_and_whole():
    path = MODELS / "studio" / SONGS_FILE
    songs = load_songs(path)
    assert sum(file.stat().st_size for file in path.parent.glob("*.safetensors")) < 60e6
    assert songs.frames.shape == (len(songs.song), DIMENSIONS) and len(set(songs.song)) > 500
    assert np.mean(songs.frames**2) == pytest.approx(1, abs=0.2)


def test_no_torch_is_needed():
    code = "import engine.similarity, engine.seam, engine.loop, sys; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
