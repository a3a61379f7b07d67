"""Every format, depth and rate, written and read back by libsndfile and by another program. Prints a table."""

import numpy as np
import pytest
import soundfile
import soxr

from engine.export import DEPTHS, RATES, ExportSettings, Piece, export
from engine.metadata import Metadata
from tests.engine.export import readers

LOSSLESS = [(format, depth) for format in ("wav", "flac", "aiff") for depth in DEPTHS[format]]
OTHERS = {"flac": readers.flac, "ogg": readers.oggdec, "opus": readers.opusdec, "mp3": readers.mpg123}
SUBTYPES = {"16": "PCM_16", "24": "PCM_24", "32f": "FLOAT"}
STEP = {"16": 2.0**-15, "24": 2.0**-23, "32f": 2.0**-23}
DITHER = 1.5  # steps: one of triangular dither, and rounding
ROUNDING = 0.5
# dB. Chosen 6 below what was measured, so that a wrong gain, delay or channel fails: each leaves less than 10.
LEAST_SNR = {"ogg": 31, "opus": 28, "mp3": 46}


def write(tmp_path, source, rate, settings):
    about = Metadata(rate=rate, frames=source.shape[1], channels=source.shape[0])
    return export(Piece(source, about), settings, tmp_path / f"a.{settings.format}").path


def other(path, format, channels=2):
    """The sound as the second program reads it, and that program's name."""
    reads = OTHERS.get(format, readers.sox)
    return reads(path, channels), reads.__name__


def said(found, wanted, depth) -> str:
    """The largest error, in steps of the depth."""
    assert found.shape == wanted.shape
    worst = np.abs(found - wanted).max() / STEP[depth]
    return "exact" if worst == 0 else f"{worst:.2f} steps"


def within(found, wanted, steps, depth) -> bool:
    return found.shape == wanted.shape and np.abs(found - wanted).max() <= (steps + 1e-6) * STEP[depth]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("format", "depth"), LOSSLESS)
def test_at_its_own_rate_a_sound_comes_back_exactly_or_within_its_dither(tmp_path, table, format, depth, rate):
    source = readers.sound(0.5, rate)
    path = write(tmp_path, source, rate, ExportSettings(format, depth))
    first, (second, name) = readers.libsndfile(path), other(path, format)
    table.append((format, depth, rate, rate, said(first, source, depth), said(second, source, depth), name))
    about = soundfile.info(path)
    assert (about.samplerate, about.subtype) == (rate, SUBTYPES[depth])
    assert np.array_equal(first, second)
    assert within(first, source, DITHER if depth == "16" else 0, depth)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("format", "depth"), LOSSLESS)
def test_at_another_rate_it_is_the_resampled_sound_within_the_depth(tmp_path, table, format, depth, rate):
    own = 44_100 if rate != 44_100 else 48_000
    source = readers.sound(0.5, own)
    wanted = soxr.resample(source.T.astype(np.float64), own, rate, quality="VHQ").T
    path = write(tmp_path, source, own, ExportSettings(format, depth, rate))
    first, (second, name) = readers.libsndfile(path), other(path, format)
    table.append((format, depth, rate, own, said(first, wanted, depth), said(second, wanted, depth), name))
    assert soundfile.info(path).samplerate == rate
    np.testing.assert_allclose(second, first, rtol=0, atol=2.0**-31 if depth == "32f" else 0)
    # The resampler works in float32 here, whose own rounding is half a step of 24 bits at full scale.
    assert within(first, wanted, {"16": DITHER, "24": 2 * ROUNDING, "32f": ROUNDING}[depth], depth)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("format", ["ogg", "opus", "mp3"])
def test_a_lossy_file_keeps_length_and_place_and_most_of_the_sound(tmp_path, table, format, rate):
    source = readers.sound(2, rate)
    path = write(tmp_path, source, rate, ExportSettings(format))
    written = soundfile.info(path).samplerate
    assert written == (48_000 if format == "opus" or (format == "mp3" and rate > 48_000) else rate)
    wanted = source if written == rate else soxr.resample(source.T, rate, written, quality="VHQ").T
    first, (second, name) = readers.libsndfile(path), other(path, format)
    ratios = [snr(found, wanted) for found in (first, second)]
    table.append((format, "-", written, rate, *(f"SNR {ratio:.1f} dB" for ratio in ratios), name))
    assert first.shape == wanted.shape
    assert min(ratios) > LEAST_SNR[format]


def snr(found, wanted) -> float:
    """In dB, over the samples that both have; the decoders may differ by a frame at the end."""
    common = min(found.shape[1], wanted.shape[1])
    assert abs(found.shape[1] - wanted.shape[1]) <= 1152 * 2
    error = found[:, :common] - wanted[:, :common]
    return 10 * np.log10(np.square(wanted[:, :common]).sum() / np.square(error).sum())
