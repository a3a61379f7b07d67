import io

import numpy as np
import pytest
import soundfile

from engine.export import DEPTHS, ExportSettings
from engine.export.encode import fill_encoded
from tests.engine.export.readers import RATE, sound

FORMATS = ("flac", "aiff", "ogg", "opus", "mp3")
NAMES = {"flac": "FLAC", "aiff": "AIFF", "ogg": "OGG", "opus": "OGG", "mp3": "MP3"}


def encoded(samples, settings, rate=RATE, **tags) -> io.BytesIO:
    file = io.BytesIO()
    blocks = (samples[:, at : at + 10_000] for at in range(0, samples.shape[1], 10_000))
    fill_encoded(file, blocks, (rate, samples.shape[0]), settings, tags)
    file.seek(0)
    return file


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_the_container_the_codec_and_the_layout(format, channels):
    rate = 48_000 if format == "opus" else RATE
    with soundfile.SoundFile(encoded(sound(1, rate, channels), ExportSettings(format), rate)) as file:
        codecs = {"ogg": "VORBIS", "opus": "OPUS", "mp3": "MPEG_LAYER_III"}
        assert (file.format, file.subtype) == (NAMES[format], codecs.get(format, "PCM_24"))
        assert (file.samplerate, file.channels, file.frames) == (rate, channels, rate)


@pytest.mark.parametrize("format", FORMATS)
def test_tags_are_found_again(format):
    rate = 48_000 if format == "opus" else RATE
    tags = {"title": "Riff", "software": "CALM Studio", "comment": "x" * 7_000, "date": "2026-01-31"}
    with soundfile.SoundFile(encoded(sound(0.2, rate), ExportSettings(format), rate, **tags)) as file:
        assert file.title == "Riff"
        assert file.comment == tags["comment"]


@pytest.mark.parametrize(("format", "depth"), [(f, d) for f in ("flac", "aiff") for d in DEPTHS[f] if d != "32f"])
def test_beyond_full_scale_clips_and_never_wraps(format, depth):
    samples = np.array([[1.0, 1.5, 100.0], [-1.0, -1.5, -100.0]], dtype=np.float32)
    values = soundfile.read(encoded(samples, ExportSettings(format, depth)), dtype="int32")[0].T
    step = 2 ** (32 - int(depth))
    np.testing.assert_array_equal(values, [[2**31 - step] * 3, [-(2**31)] * 3])


def test_lossy_formats_clip_too():
    loud = encoded(4 * sound(1, RATE), ExportSettings("ogg"))
    clipped = encoded((4 * sound(1, RATE)).clip(-1, 1), ExportSettings("ogg"))
    np.testing.assert_array_equal(soundfile.read(loud)[0], soundfile.read(clipped)[0])


def test_dither_is_the_same_in_every_format():
    samples = sound(0.5, RATE)
    flac, aiff = (soundfile.read(encoded(samples, ExportSettings(f, "16")))[0] for f in ("flac", "aiff"))
    np.testing.assert_array_equal(flac, aiff)


class Full(io.BytesIO):
    """A disk that takes no more after 2,000 bytes, and says so at whatever it is asked from then on."""

    def write(self, data):
        if self.tell() + len(data) > 2_000:
            self.seek = self.tell = self._refuse
            self._refuse()
        return super().write(data)

    def _refuse(self, *_):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("seconds", [0.1, 3])  # at the latest when the file is closed, or long before
def test_the_systems_own_error_comes_through(format, seconds):
    noise = np.random.default_rng(0).uniform(-1, 1, (2, round(48_000 * seconds))).astype(np.float32)
    with pytest.raises(OSError, match="No space left"):
        fill_encoded(Full(), [noise], (48_000, 2), ExportSettings(format), {})
