import errno
import os
import resource
import shutil
import struct
import subprocess
import wave

import numpy as np
import pytest
import soundfile

from engine import audio, export
from engine.controls import Controls
from engine.errors import CalmError
from engine.request import Prompt, Request
from engine.take import Take

RATE = 44_100


def steps(depth: int, count=70_001) -> np.ndarray:
    """(2, count) integers over the whole range of `depth` bits, its ends among them."""
    edge = 2 ** (depth - 1)
    values = np.random.default_rng(depth).integers(-edge, edge, (2, count))
    values[:, :4] = [[-edge, edge - 1, 0, 1], [1, -1, edge - 1, -edge]]
    return values


def as_float(values, depth) -> np.ndarray:
    return (values / 2 ** (depth - 1)).astype(np.float32)


def sox_reads(path, depth: int) -> np.ndarray:
    """The samples as another program sees them, as `depth`-bit integers."""
    assert shutil.which("sox"), "this test needs sox: apt-get install sox"
    raw = subprocess.run(
        ["sox", "-D", str(path), "-t", "raw", "-e", "signed", "-b", "32", "-L", "-"], check=True, capture_output=True
    ).stdout
    return (np.frombuffer(raw, "<i4").reshape(-1, 2).T) >> (32 - depth)


def wave_reads(path, depth: int) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), 8 * file.getsampwidth()) == (2, RATE, depth)
        frames = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 2, depth // 8)
    padded = np.zeros((*frames.shape[:2], 4), np.uint8)
    padded[:, :, 4 - depth // 8 :] = frames
    return padded.view("<i4")[:, :, 0].T >> (32 - depth)


def soundfile_reads(path, depth: int) -> np.ndarray:
    values, rate = soundfile.read(path, dtype="int32")
    assert rate == RATE
    return values.T >> (32 - depth)


@pytest.mark.parametrize("reads", [soundfile_reads, sox_reads, wave_reads])
@pytest.mark.parametrize("depth", [16, 24])
def test_a_source_comes_back_bit_for_bit_at_its_own_depth(tmp_path, depth, reads):
    source = tmp_path / "source.wav"
    soundfile.write(source, (steps(depth).T << (32 - depth)).astype(np.int32), RATE, subtype=f"PCM_{depth}")
    path = export.write_wav(tmp_path / "copy.wav", audio.read(source).samples, RATE, str(depth))
    np.testing.assert_array_equal(reads(path, depth), steps(depth))


def test_16_bit_sources_are_exact_at_every_depth(tmp_path):
    samples = as_float(steps(16), 16)
    for depth in ("16", "24", "32f"):
        path = export.write_wav(tmp_path / f"{depth}.wav", samples, RATE, depth)
        np.testing.assert_array_equal(audio.read(path).samples, samples)


def test_32_bit_float_keeps_every_value(tmp_path):
    samples = np.random.default_rng(0).standard_normal((2, 1000)).astype(np.float32) * 3
    path = export.write_wav(tmp_path / "a.wav", samples, RATE, "32f")
    assert soundfile.info(path).subtype == "FLOAT"
    np.testing.assert_array_equal(audio.read(path).samples, samples)


@pytest.mark.parametrize("depth", ["16", "24"])
def test_beyond_full_scale_clips_and_never_wraps(tmp_path, depth):
    samples = np.array([[1.0, 1.5, 100.0], [-1.0, -1.5, -100.0]], dtype=np.float32)
    values = soundfile_reads(export.write_wav(tmp_path / "a.wav", samples, RATE, depth), int(depth))
    edge = 2 ** (int(depth) - 1)
    np.testing.assert_array_equal(values, [[edge - 1] * 3, [-edge] * 3])


def test_24_bits_round_to_the_nearest(tmp_path):
    samples = np.array([[0.4, 0.6, -0.4, -0.6]] * 2, dtype=np.float32) / 2**23
    values = soundfile_reads(export.write_wav(tmp_path / "a.wav", samples, RATE), 24)
    np.testing.assert_array_equal(values, [[0, 1, 0, -1]] * 2)


def test_dither_makes_the_error_of_16_bits_independent_of_the_sound(tmp_path):
    """A level between two steps is kept on average, with the variance of triangular dither: a quarter of a step."""
    for level in (0.1, 0.25, 0.5, 0.9):
        samples = np.full((2, 200_000), level / 2**15, dtype=np.float32)
        values = soundfile_reads(export.write_wav(tmp_path / "a.wav", samples, RATE, "16"), 16)
        assert values.mean() == pytest.approx(level, abs=0.01)
        assert values.var() == pytest.approx(0.25, abs=0.01)
        assert abs(np.corrcoef(values)[0, 1]) < 0.02  # the channels have dither of their own


def test_the_prompt_stays_exact_in_16_bits_beside_what_is_dithered(tmp_path):
    prompt, made = as_float(steps(16), 16), np.random.default_rng(0).uniform(-0.5, 0.5, (2, 5000)).astype(np.float32)
    path = export.write_wav(tmp_path / "a.wav", np.concatenate((prompt, made), axis=1), RATE, "16")
    values = soundfile_reads(path, 16)
    np.testing.assert_array_equal(values[:, : prompt.shape[1]], steps(16))
    errors = values[:, prompt.shape[1] :] - made * 2**15
    assert 1.0 < np.abs(errors).max() <= 1.5


def test_the_same_take_gives_the_same_file(tmp_path):
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 5000)).astype(np.float32)
    first, second = (export.write_wav(tmp_path / "a.wav", samples, RATE, "16") for _ in range(2))
    assert first != second
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("depth", ["16", "24", "32f"])
@pytest.mark.parametrize(("channels", "frames"), [(1, 1), (1, 7), (2, 3)])
def test_odd_sizes_are_padded_and_the_sizes_in_the_header_are_true(tmp_path, depth, channels, frames):
    path = export.write_wav(tmp_path / "a.wav", np.full((channels, frames), 0.5, dtype=np.float32), 8_000, depth)
    content = path.read_bytes()
    assert struct.unpack("<I", content[4:8])[0] == len(content) - 8
    assert len(content) % 2 == 0
    sound = audio.read(path)
    np.testing.assert_array_equal(sound.samples, np.full((channels, frames), 0.5))
    assert sound.rate == 8_000


@pytest.mark.parametrize(("depth", "frames"), [("24", 2**30), ("32f", 2**31)])
def test_past_4_gib_it_is_rf64(tmp_path, depth, frames):
    header, size = export._header(2, frames, 48_000, depth), frames * 2 * (3 if depth == "24" else 4)
    path = tmp_path / "long.wav"
    path.write_bytes(header)
    os.truncate(path, len(header) + size)  # a hole: takes no room on the disk
    info = soundfile.info(path)
    assert (info.format, info.frames, info.samplerate, info.channels) == ("RF64", frames, 48_000, 2)
    assert struct.unpack("<Q", header[20:28])[0] == path.stat().st_size - 8


def test_the_largest_plain_wav_still_fits_its_header():
    frames = (2**32 - 1 - 36) // 6
    assert export._header(2, frames, 48_000, "24")[:4] == b"RIFF"
    assert export._header(2, frames + 1, 48_000, "24")[:4] == b"RF64"


def test_nothing_is_ever_overwritten(tmp_path):
    samples = np.full((2, 10), 0.5, dtype=np.float32)
    (tmp_path / "riff.v1.wav").write_text("mine")
    paths = [export.write_wav(tmp_path / "riff.v1.wav", samples, RATE) for _ in range(3)]
    assert [path.name for path in paths] == ["riff.v1_2.wav", "riff.v1_3.wav", "riff.v1_4.wav"]
    assert (tmp_path / "riff.v1.wav").read_text() == "mine"


def test_a_name_as_long_as_names_can_be(tmp_path):
    assert export.write_wav(tmp_path / ("a" * 251 + ".wav"), np.ones((2, 10), dtype=np.float32), RATE).exists()


def refusal(path, samples=None) -> CalmError:
    """What the user reads. Whatever happened, no file may have appeared or changed."""
    folder = next(parent for parent in path.parents if parent.is_dir())
    before = sorted(folder.iterdir())
    with pytest.raises(CalmError) as caught:
        export.write_wav(path, np.full((2, 100_000), 0.5, dtype=np.float32) if samples is None else samples, RATE)
    assert sorted(folder.iterdir()) == before
    assert len(caught.value.advice) > 15
    return caught.value


def test_nothing_to_save(tmp_path):
    assert "no sound to save" in refusal(tmp_path / "a.wav", np.empty((2, 0), dtype=np.float32)).message


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_numbers_never_reach_a_file(tmp_path, bad):
    samples = np.zeros((2, 1000), dtype=np.float32)
    samples[1, 999] = bad
    assert "not numbers" in refusal(tmp_path / "a.wav", samples).message


def test_a_folder_that_is_gone_or_is_a_file(tmp_path):
    assert "does not exist" in refusal(tmp_path / "gone" / "a.wav").message
    (tmp_path / "file").write_text("x")
    assert "does not exist" in refusal(tmp_path / "file" / "a.wav").message


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_folder_that_may_not_be_written_to(tmp_path, monkeypatch, code):
    def deny(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", deny)  # tests may run as root, whom no permission stops
    error = refusal(tmp_path / "a.wav")
    assert error.message == f"The folder {tmp_path} cannot be written to"
    assert error.advice == "Save to another folder"


def test_a_full_disk(tmp_path, monkeypatch):
    """The kernel's own answer: every write to /dev/full fails with ENOSPC."""
    with open("/dev/full", "wb") as full:
        monkeypatch.setattr(export, "open", lambda *_: full, raising=False)
        error = refusal(tmp_path / "a.wav")
    assert error.message == "The disk is full: a.wav was not saved"
    assert "Free some space" in error.advice


def test_a_write_that_breaks_off_leaves_no_half_file(tmp_path):
    """Here the file does begin: the limit of its size is reached in the middle of it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        error = refusal(tmp_path / "a.wav")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.message == "a.wav was not saved: File too large"


def test_the_file_appears_only_when_it_is_whole(tmp_path, monkeypatch):
    seen, replace = [], os.replace

    def look(part, target):
        seen.append((target.exists(), audio.read(part).samples.shape))
        replace(part, target)

    monkeypatch.setattr(os, "replace", look)
    export.write_wav(tmp_path / "a.wav", np.full((2, 1000), 0.5, dtype=np.float32), RATE)
    assert seen == [(False, (2, 1000))]


@pytest.mark.parametrize(("prompt", "name"), [
    ("rhodes_riff", "rhodes_riff_cont03_s4711.wav"),
    ("Rhodes Riff (take 2)", "Rhodes_Riff_take_2_cont03_s4711.wav"),
    ("../../etc/passwd", "etc_passwd_cont03_s4711.wav"),
    ('a/b\\c:d*e?f"g<h>i|j\n', "a_b_c_d_e_f_g_h_i_j_cont03_s4711.wav"),
    ("Für Élise", "Für_Élise_cont03_s4711.wav"),
    ("v1.2", "v1.2_cont03_s4711.wav"),
    ("???", "take_cont03_s4711.wav"),
    ("x" * 300, "x" * 80 + "_cont03_s4711.wav"),
])  # fmt: skip
def test_a_take_is_named_after_its_prompt_number_and_seed(prompt, name):
    clip = audio.Audio(np.full((2, 24_000), 0.5, dtype=np.float32), 48_000)
    request = Request(Prompt(clip, prompt, 0, 24_000), 1.0, 4711, Controls())
    assert export.take_name(Take(request, 3)) == name
