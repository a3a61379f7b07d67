import os
import struct

import numpy as np
import pytest
import soundfile

from engine import audio, export
from engine.export.wav import header
from tests.engine.export.readers import RATE, as_float, soundfile_reads, sox_reads, steps, wave_reads


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
    head, size = header(2, frames, 48_000, depth), frames * 2 * (3 if depth == "24" else 4)
    path = tmp_path / "long.wav"
    path.write_bytes(head)
    os.truncate(path, len(head) + size)  # a hole: takes no room on the disk
    info = soundfile.info(path)
    assert (info.format, info.frames, info.samplerate, info.channels) == ("RF64", frames, 48_000, 2)
    assert struct.unpack("<Q", head[20:28])[0] == path.stat().st_size - 8


def test_the_largest_plain_wav_still_fits_its_header():
    frames = (2**32 - 1 - 36) // 6
    assert header(2, frames, 48_000, "24")[:4] == b"RIFF"
    assert header(2, frames + 1, 48_000, "24")[:4] == b"RF64"


@pytest.mark.parametrize("depth", ["16", "24", "32f"])
def test_chunks_lie_before_the_samples_and_disturb_nothing(tmp_path, depth):
    title = b"LIST" + struct.pack("<I", 4 + 8 + 6) + b"INFOINAM" + struct.pack("<I", 5) + b"Riff\0" + b"\0"
    path = export.write_wav(tmp_path / "a.wav", as_float(steps(16, 1001), 16), RATE, depth, title)
    content = path.read_bytes()
    assert content.index(title) < content.index(b"data")
    assert struct.unpack("<I", content[4:8])[0] == len(content) - 8
    with soundfile.SoundFile(path) as file:
        assert file.title == "Riff"
        np.testing.assert_array_equal(file.read(dtype="float32").T, as_float(steps(16, 1001), 16))


def test_chunks_count_for_the_size_of_a_long_file(tmp_path):
    chunk = b"junk" + struct.pack("<I", 100) + bytes(100)
    frames = (2**32 - 1 - 36) // 6
    head = header(2, frames, 48_000, "24", chunk)
    assert head[:4] == b"RF64"
    path = tmp_path / "long.wav"
    path.write_bytes(head)
    os.truncate(path, len(head) + frames * 6)
    assert soundfile.info(path).frames == frames
    assert struct.unpack("<Q", head[20:28])[0] == path.stat().st_size - 8
