"""The whole path, to real files that other programs read."""

import json
import resource
import threading
from datetime import datetime

import numpy as np
import pytest
import soundfile

from engine.errors import CalmError
from engine.export import FORMATS, ExportSettings, Piece, export, export_all
from engine.loudness import measure
from engine.metadata import Metadata, Origin
from engine.metadata.read import read
from tests.engine.export.readers import libsndfile, sound, sox

RATE = 44_100


def a_piece(seconds=2.0, rate=RATE, samples=None, **about) -> Piece:
    samples = sound(seconds, rate) if samples is None else samples
    return Piece(samples, Metadata(rate=rate, frames=samples.shape[1], channels=samples.shape[0], **about))


def test_by_default_every_sample_of_a_24_bit_source_is_in_the_file(tmp_path):
    piece = a_piece(cut=RATE)
    done = export(piece, ExportSettings(), tmp_path / "a.wav")
    assert done.path == tmp_path / "a.wav"
    assert (done.gain, done.clipped, done.notes) == (0, 0, ())
    assert np.array_equal(libsndfile(done.path), piece.samples)
    assert np.array_equal(sox(done.path, 2), piece.samples)
    assert soundfile.info(done.path).subtype == "PCM_24"


def test_the_file_says_what_is_known_in_its_own_samples(tmp_path):
    about = {"title": "Riff", "cut": RATE, "loop": (RATE, 2 * RATE), "tempo": 120.0, "recipe": json.dumps({"seed": 1})}
    origins = (Origin(0, RATE, "human"), Origin(RATE, 2 * RATE, "generated"))
    piece = a_piece(4, created=datetime(2026, 1, 31, 12), origins=origins, **about)
    found = read(export(piece, ExportSettings(depth="16", rate=48_000), tmp_path / "a.wav").path)
    assert (found.rate, found.frames, found.bits, found.channels) == (48_000, 4 * 48_000, 16, 2)
    assert (found.cut, found.loop, found.tempo, found.title) == (48_000, (48_000, 96_000), 120.0, "Riff")
    assert found.origins[1] == Origin(48_000, 96_000, "generated")
    assert found.recipe == about["recipe"]
    assert b"F=48000,W=16,M=stereo" in (tmp_path / "a.wav").read_bytes()  # the coding history
    heard = measure(libsndfile(tmp_path / "a.wav").astype(np.float32), 48_000)
    assert found.loudness.integrated == pytest.approx(heard.integrated, abs=0.011)
    assert found.loudness.true_peak == pytest.approx(heard.true_peak, abs=0.011)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_along_title_and_recipe(tmp_path, format):
    recipe = json.dumps({"prompt": "Für Élise", "moves": list(range(500))})
    done = export(a_piece(title="Riff", recipe=recipe), ExportSettings(format), tmp_path / f"a.{format}")
    found = read(done.path)
    assert (found.title, found.recipe) == ("Riff", recipe)


@pytest.mark.parametrize(("target", "level"), [(-14, 0.05), (-16, 1.0), (-23, 1.0)])
def test_the_file_has_the_loudness_asked_for(tmp_path, target, level):
    done = export(a_piece(samples=level * sound(4, RATE)), ExportSettings(loudness=target), tmp_path / "a.wav")
    heard = measure(libsndfile(done.path).astype(np.float32), RATE)
    assert heard.integrated == pytest.approx(target, abs=0.01)
    assert heard.true_peak <= -1
    assert done.notes == ()


def test_a_peak_that_would_pass_the_ceiling_holds_the_gain_down_and_is_said(tmp_path):
    samples = 0.01 * sound(4, RATE)
    samples[:, RATE] = 0.5
    done = export(a_piece(samples=samples), ExportSettings(loudness=-14), tmp_path / "a.wav")
    heard = libsndfile(done.path)
    assert measure(heard.astype(np.float32), RATE).true_peak == pytest.approx(-1, abs=0.01)
    factor = 10 ** (done.gain / 20)
    assert np.abs(heard - samples * factor).max() < 2**-23  # turned up as a whole: nothing was limited
    loud = done.metadata.loudness.integrated
    assert done.notes == (f"It has {loud:.1f} LUFS, not -14: any louder, its peaks would pass -1 dBTP.",)


@pytest.mark.parametrize(("settings", "clipped"), [
    (ExportSettings(), 3),
    (ExportSettings("flac", "16"), 3),
    (ExportSettings("ogg"), 3),
    (ExportSettings(depth="32f"), 0),
    (ExportSettings("aiff", "32f"), 0),
    (ExportSettings(loudness=-16), 0),
])  # fmt: skip
def test_what_had_to_be_cut_off_is_counted(tmp_path, settings, clipped):
    samples = sound(1, RATE)
    samples[0, 100:103] = (1.5, -1.5, 1.01)
    done = export(a_piece(samples=samples), settings, tmp_path / f"a.{settings.format}")
    assert done.clipped == clipped
    assert any("3 values beyond full scale" in note for note in done.notes) == bool(clipped)


def test_a_rate_that_the_format_lacks_is_said(tmp_path):
    done = export(a_piece(0.5, 96_000), ExportSettings("mp3"), tmp_path / "a.mp3")
    assert done.notes == ("MP3 has no 96 kHz: all of it was resampled to 48 kHz.",)
    assert export(a_piece(0.5), ExportSettings("mp3", rate=48_000), tmp_path / "a.mp3").notes == ()


def test_part_fades_and_mono_in_one(tmp_path):
    piece = a_piece(cut=RATE)
    settings = ExportSettings("flac", "16", mono=True, fade_out=0.1, part="continuation")
    values = libsndfile(export(piece, settings, tmp_path / "a.flac").path)
    assert values.shape == (1, RATE)
    assert np.abs(values[0, :1000] - piece.samples[:, RATE : RATE + 1000].mean(axis=0)).max() <= 1.5 / 2**15
    assert np.abs(values[0, -10:]).max() <= 1 / 2**15


def test_progress_rises_to_the_end(tmp_path):
    seen = []
    export(a_piece(4), ExportSettings(rate=48_000), tmp_path / "a.wav", lambda *step: seen.append(step))
    done = [step[0] for step in seen]
    assert {total for _, total in seen} == {2 * 4 * RATE}
    assert done == sorted(done)
    assert len(done) > 4
    assert done[-1] == 2 * 4 * RATE


def stop_after(steps: int):
    """A progress function that asks to stop at its nth call, and the event it sets."""
    stop, left = threading.Event(), iter(range(steps - 1, -1, -1))

    def progress(done, total):
        if next(left, 0) == 0:
            stop.set()

    return progress, stop


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("steps", [1, 3, 4])  # while measuring, at its end, while writing
def test_stopping_leaves_nothing_behind(tmp_path, format, steps):
    assert export(a_piece(4), ExportSettings(format), tmp_path / f"a.{format}", *stop_after(steps)) is None
    assert list(tmp_path.iterdir()) == []


def test_several_takes_become_several_files(tmp_path):
    pieces = [(a_piece(seconds), tmp_path / name) for seconds, name in ((1, "a.wav"), (2, "b.wav"), (1, "a.wav"))]
    seen = []
    done = export_all(pieces, ExportSettings(), lambda *step: seen.append(step))
    assert [file.path.name for file in done] == ["a.wav", "b.wav", "a_2.wav"]
    assert [soundfile.info(file.path).frames for file in done] == [RATE, 2 * RATE, RATE]
    assert seen[-1] == (8 * RATE, 8 * RATE)


def test_stopping_in_the_second_of_several_takes_the_first_back_and_nothing_else(tmp_path):
    (tmp_path / "a.wav").write_text("mine")
    pieces = [(a_piece(), tmp_path / "a.wav"), (a_piece(), tmp_path / "b.wav")]
    assert export_all(pieces, ExportSettings(), *stop_after(6)) == []
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert (tmp_path / "a.wav").read_text() == "mine"


def test_a_part_that_one_of_several_lacks_is_said_before_anything_is_written(tmp_path):
    pieces = [(a_piece(cut=RATE), tmp_path / "a.wav"), (a_piece(), tmp_path / "b.wav")]
    with pytest.raises(CalmError, match="no continuation"):
        export_all(pieces, ExportSettings(part="continuation"))
    assert list(tmp_path.iterdir()) == []


def broken(samples):
    samples[1, -1] = np.nan
    return samples


@pytest.mark.parametrize(("samples", "settings", "words"), [
    (np.zeros((2, 0), np.float32), ExportSettings(), "There is no sound to save"),
    (sound(1, RATE)[:, :1], ExportSettings("opus", mono=True), None),
    (broken(sound(1, RATE)), ExportSettings(), "The sound holds values that are not numbers"),
    (np.zeros((2, RATE), np.float32), ExportSettings(loudness=-14), "The loudness of silence"),
    (sound(0.3, RATE), ExportSettings(loudness=-14), "or of less than 0.4 seconds, cannot be set"),
    (np.zeros((2, RATE), np.float32), ExportSettings(), None),
])  # fmt: skip
def test_odd_sounds_are_written_or_refused_in_words(tmp_path, samples, settings, words):
    piece = a_piece(samples=samples)
    if words is None:
        done = export(piece, settings, tmp_path / f"a.{settings.format}")
        assert soundfile.info(done.path).frames == done.metadata.frames > 0
        return
    with pytest.raises(CalmError, match=words):
        export(piece, settings, tmp_path / f"a.{settings.format}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", FORMATS)
def test_a_disk_that_fills_up_leaves_no_half_file(tmp_path, format):
    """The limit of a file's size is reached in the middle: to every format the same error as a full disk would be."""
    samples = (0.3 * np.random.default_rng(0).standard_normal((2, 10 * RATE))).astype(np.float32)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(CalmError) as caught:
            export(a_piece(samples=samples), ExportSettings(format), tmp_path / f"a.{format}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.message == f"a.{format} was not saved: File too large"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_that_is_gone(tmp_path, format):
    with pytest.raises(CalmError, match=f"The folder {tmp_path}/gone does not exist"):
        export(a_piece(), ExportSettings(format), tmp_path / "gone" / f"a.{format}")


@pytest.mark.parametrize(("format", "bytes_of_noise"), [("aiff", 10_000), ("opus", 40_000), ("flac", 40_000)])
def test_a_recipe_that_the_format_has_no_room_for_is_left_out_and_that_is_said(tmp_path, format, bytes_of_noise):
    noise = np.random.default_rng(0).bytes(bytes_of_noise).hex()
    done = export(a_piece(0.5, 48_000, recipe=noise), ExportSettings(format), tmp_path / f"a.{format}")
    found = read(done.path)
    assert found.frames == 24_000, "what libsndfile has written it can open"
    assert found.recipe == (noise if format == "flac" else "")
    left_out = f"{format.upper()} has no room for the recipe of this take, which is left out. WAV or FLAC keeps it."
    assert done.notes == (() if format == "flac" else (left_out,))
