import os
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine import audio
from engine.errors import CalmError
from engine.metadata.read import read as read_metadata


def music(seconds=1.0, rate=48_000, channels=2):
    time = np.arange(round(seconds * rate)) / rate
    return np.stack([0.3 * np.sin(2 * np.pi * 220 * (k + 1) * time) for k in range(channels)]).astype(np.float32)


def save(path, samples, rate=48_000, **options) -> Path:
    soundfile.write(path, samples.T, rate, **options)
    return path


def sox(*arguments):
    assert shutil.which("sox"), "these tests need sox: apt-get install sox libsox-fmt-base"
    subprocess.run(["sox", "-R", *map(str, arguments)], check=True, capture_output=True)


def refusal(path) -> str:
    """What the user reads; it names the file and gives advice."""
    with pytest.raises(CalmError) as caught:
        audio.read(path)
    assert Path(path).name in caught.value.message
    assert len(caught.value.advice) > 15
    assert str(caught.value) == f"{caught.value.message}. {caught.value.advice}"
    return caught.value.message


@pytest.mark.parametrize("depth", [16, 24])
@pytest.mark.parametrize("kind", ["wav", "flac", "aiff"])
def test_integers_survive_exactly(tmp_path, kind, depth):
    edge = 2 ** (depth - 1)
    values = np.random.default_rng(0).integers(-edge, edge, (2, 130_000))
    values[:, :4] = [[-edge, edge - 1, 0, 1], [1, -1, edge - 1, -edge]]
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, (values.T << (32 - depth)).astype(np.int32), 44_100, subtype=f"PCM_{depth}")
    sound = audio.read(path)
    assert (sound.rate, sound.channels, sound.samples.dtype, sound.note) == (44_100, 2, np.float32, "")
    np.testing.assert_array_equal(sound.samples.astype(np.float64) * edge, values)


@pytest.mark.parametrize("kind", ["mp3", "ogg", "opus"])
@pytest.mark.parametrize("channels", [1, 2])
def test_compressed_formats_sound_like_the_original(tmp_path, kind, channels):
    original = music(2.0, channels=channels)
    path = save(tmp_path / f"a.{kind}", original, **({"format": "OGG", "subtype": "OPUS"} if kind == "opus" else {}))
    sound = audio.read(str(path))
    assert (sound.rate, sound.channels, sound.note) == (48_000, channels, "")
    assert sound.seconds == pytest.approx(2.0, abs=0.06)
    middle = slice(24_000, 72_000)
    np.testing.assert_allclose(sound.samples[:, middle], original[:, middle], atol=0.03)


@pytest.mark.parametrize("kind", ["wav", "aiff", "flac", "ogg"])
def test_reads_what_another_program_wrote(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    sox("-r", 44100, "-n", "-b", 16, "-c", 2, path, "synth", 1, "sine", 440, "vol", 0.5)
    sound = audio.read(path)
    assert (sound.rate, sound.channels, sound.seconds) == (44_100, 2, 1.0)
    assert np.abs(sound.samples).max() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("rate", [8_000, 192_000])
def test_the_lowest_and_highest_rates_are_read(tmp_path, rate):
    assert audio.read(save(tmp_path / "a.wav", music(0.1, rate), rate)).rate == rate


@pytest.mark.parametrize("rate", [4_000, 7_999, 192_001, 384_000])
def test_rates_beyond_them_are_refused(tmp_path, rate):
    assert f"{rate} Hz" in refusal(save(tmp_path / "a.wav", music(0.1, rate), rate))


def test_one_sample_is_sound(tmp_path):
    sound = audio.read(save(tmp_path / "a.wav", np.full((1, 1), 0.5, dtype=np.float32)))
    np.testing.assert_array_equal(sound.samples, [[0.5]])


def test_surround_is_folded_down_by_the_itu_weights_and_says_so(tmp_path):
    left, right, centre, lfe, left_side, right_side = np.eye(6, 1000, dtype=np.float32)
    samples = np.stack((left, right, centre, lfe, left_side, right_side)) / 2
    sound = audio.read(save(tmp_path / "a.wav", samples, subtype="FLOAT"))
    assert sound.note == "6 channels were folded down to stereo."
    scale = 0.5 / (1 + 2 * 0.7071)
    expected = [[1, 0, 0.7071, 0, 0.7071, 0], [0, 1, 0.7071, 0, 0, 0.7071]]
    np.testing.assert_allclose(sound.samples[:, :6], np.array(expected) * scale, atol=1e-6)


@pytest.mark.parametrize("channels", range(3, 9))
def test_no_fold_clips_or_favours_a_side(tmp_path, channels):
    sound = audio.read(save(tmp_path / "a.wav", np.ones((channels, 100), dtype=np.float32), subtype="FLOAT"))
    np.testing.assert_allclose(sound.samples, 1.0, atol=1e-6)


def test_more_than_eight_channels_are_refused(tmp_path):
    assert "9 channels" in refusal(save(tmp_path / "a.wav", music(0.1, channels=9)))


@pytest.mark.parametrize(("name", "content", "says"), [
    ("empty.wav", b"", "empty file"),
    ("noise.wav", np.random.default_rng(0).bytes(50_000), "cannot be read as audio"),
    ("noise.mp3", bytes(50_000), "cannot be read as audio"),
    ("letter.flac", b"Dear Sir or Madam, " * 100, "cannot be read as audio"),
    ("headless.raw", b"1234" * 1000, "cannot be read as audio"),
])  # fmt: skip
def test_what_is_not_audio(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    assert says in refusal(tmp_path / name)


@pytest.mark.parametrize(("kind", "header"), [("wav", 44), ("aiff", 54)])
def test_a_header_with_nothing_behind_it(tmp_path, kind, header):
    path = save(tmp_path / f"a.{kind}", music())
    os.truncate(path, header)
    assert "holds no sound" in refusal(path)


def test_a_header_cut_in_two(tmp_path):
    path = save(tmp_path / "a.wav", music())
    os.truncate(path, 20)
    assert "cannot be read as audio" in refusal(path)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFF0])
def test_a_data_size_that_a_stream_never_filled_in(tmp_path, size):
    path = save(tmp_path / "a.wav", music())
    content = bytearray(path.read_bytes())
    content[40:44] = struct.pack("<I", size)
    path.write_bytes(content)
    np.testing.assert_allclose(audio.read(path).samples, music(), atol=1e-4)


@pytest.mark.parametrize("kind", ["wav", "aiff", "mp3", "ogg"])
def test_half_a_file_gives_the_half_that_is_there(tmp_path, kind):
    path = save(tmp_path / f"a.{kind}", music(4.0))
    os.truncate(path, path.stat().st_size // 2)
    sound = audio.read(path)
    assert 0.5 < sound.seconds < 3.0
    np.testing.assert_allclose(sound.samples[:, 5000:20_000], music(4.0)[:, 5000:20_000], atol=0.03)


def test_an_mp3_that_ends_early_says_so(tmp_path):
    path = save(tmp_path / "a.mp3", music(4.0))
    os.truncate(path, path.stat().st_size // 2)
    assert audio.read(path).note.startswith("The file ends early: ")
    assert "of 4.0 s could be read" in audio.read(path).note


def test_half_a_flac_is_damaged(tmp_path):
    path = save(tmp_path / "a.flac", np.random.default_rng(0).standard_normal((2, 96_000)) / 10)
    os.truncate(path, path.stat().st_size // 2)
    assert "damaged" in refusal(path)


def test_three_hours_are_refused_by_the_header_alone(tmp_path):
    path = save(tmp_path / "a.wav", np.zeros((1, 1), dtype=np.float32), 8_000)
    with path.open("r+b") as file:
        file.seek(40)
        file.write(struct.pack("<I", 3 * 3600 * 16_000))
        file.truncate(44 + 3 * 3600 * 16_000)  # a hole: takes no room on the disk
    assert "180 minutes long" in refusal(path)


def test_a_flac_header_that_lies_about_three_hours(tmp_path):
    path = save(tmp_path / "a.flac", music(0.5))
    content = bytearray(path.read_bytes())
    content[22:26] = struct.pack(">I", 3 * 3600 * 48_000)  # low half of STREAMINFO's 36-bit sample count
    path.write_bytes(content)
    assert "180 minutes long" in refusal(path)


def test_twenty_minutes_are_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(audio, "MAX_SECONDS", 1)
    assert audio.read(save(tmp_path / "a.wav", music(1.0))).seconds == 1.0
    refusal(save(tmp_path / "b.wav", music(1.001)))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_not_a_number(tmp_path, bad):
    samples = music()
    samples[1, 30_000] = bad
    assert "not numbers" in refusal(save(tmp_path / "a.wav", samples, subtype="FLOAT"))


def test_a_path_that_vanished(tmp_path):
    assert f"no longer at {tmp_path}" in refusal(tmp_path / "gone.wav")
    (tmp_path / "file").write_bytes(b"x")
    assert "no longer at" in refusal(tmp_path / "file" / "below.wav")


def test_a_folder(tmp_path):
    (tmp_path / "stems.wav").mkdir()
    assert "is not a file" in refusal(tmp_path / "stems.wav")


def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    assert "is not a file" in refusal(tmp_path / "pipe.wav")


def test_a_file_one_may_not_open(tmp_path, monkeypatch):
    path = save(tmp_path / "a.wav", music(0.1))

    def deny(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)  # tests run as root, whom no permission stops
    assert "cannot be opened: Permission denied" in refusal(path)


def test_names_of_any_script(tmp_path):
    assert audio.read(save(tmp_path / "Für Élise 你好 🎹.flac", music(0.1))).channels == 2


def test_prompts_must_sound_and_last(tmp_path):
    audio.check_prompt(audio.Audio(music(0.5), 48_000))
    quiet = music(0.5) / 0.3
    audio.check_prompt(audio.Audio(quiet * np.float32(1.1e-4), 48_000))
    with pytest.raises(CalmError, match="clip is silent"):
        audio.check_prompt(audio.Audio(quiet * np.float32(0.9e-4), 48_000))
    with pytest.raises(CalmError, match="only 0.49 s long"):
        audio.check_prompt(audio.Audio(music(0.49), 48_000))


def test_stereo_duplicates_mono_and_leaves_stereo():
    mono, both = music(0.1, channels=1), music(0.1)
    np.testing.assert_array_equal(audio.stereo(mono), np.concatenate((mono, mono)))
    assert audio.stereo(both) is both


def test_resampling_keeps_the_sound():
    low, high = music(1.0, 44_100), music(1.0, 48_000)
    up = audio.resample(low, 44_100, 48_000)
    assert (up.shape, up.dtype, up.flags.c_contiguous) == ((2, 48_000), np.float32, True)
    np.testing.assert_allclose(up[:, 2000:-2000], high[:, 2000:-2000], atol=1e-5)
    assert audio.resample(high, 48_000, 48_000) is high


def test_resampling_keeps_the_highest_notes_and_adds_none():
    tone = np.sin(2 * np.pi * 20_000 * np.arange(44_100) / 44_100, dtype=np.float64)[None].astype(np.float32)
    middle = audio.resample(tone, 44_100, 48_000)[0, 2000:-2000]
    spectrum = np.abs(np.fft.rfft(middle * np.blackman(middle.size)))
    peak = spectrum.argmax()
    assert peak * 48_000 / middle.size == pytest.approx(20_000, abs=2)
    assert np.abs(middle).max() == pytest.approx(1.0, abs=1e-3)
    spectrum[peak - 20 : peak + 20] = 0
    assert spectrum.max() < 1e-5 * middle.size  # images: -90 dB or less


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_a_file_name_that_is_no_text_is_no_obstacle(tmp_path, suffix):
    """Bytes that are no UTF-8 come as surrogates in Python (PEP 383)."""
    source = save(tmp_path / f"plain.{suffix}", music(), subtype="PCM_24")
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9." + suffix.encode()))
    source.rename(odd)
    assert audio.read(odd).samples.shape == (2, 48_000)
    assert read_metadata(odd).frames == 48_000


def test_messages_about_such_a_file_can_be_printed(tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    with pytest.raises(CalmError) as missing:
        audio.read(odd)
    odd.write_bytes(b"no sound")
    with pytest.raises(CalmError) as words:
        audio.read(odd)
    for caught in (missing, words):
        assert "caf\N{REPLACEMENT CHARACTER}.wav" in caught.value.message
        str(caught.value).encode()
    assert audio.printable("caf\u00e9.wav") == "caf\u00e9.wav"
