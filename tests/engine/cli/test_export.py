import json

import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.export import ExportSettings, Piece, export
from engine.metadata import Metadata
from engine.metadata.read import read
from tests.engine.export.readers import libsndfile, sound

RATE = 44_100


@pytest.fixture
def take(tmp_path):
    """A take's file of 3 s: the continuation starts after 1 s."""
    samples = 0.2 * sound(3, RATE)
    about = Metadata(rate=RATE, frames=3 * RATE, cut=RATE, title="Riff", recipe='{"seed": 1}')
    return export(Piece(samples, about), ExportSettings(), tmp_path / "take.wav").path


@pytest.fixture
def convert(take, capsys):
    """Runs `calm export` on the take; returns what it printed as JSON, and what it told besides."""

    def run(output: str, *more: str) -> tuple[dict, str]:
        assert main(["export", str(take), "-o", str(take.with_name(output)), *more, "--json"]) == 0
        printed = capsys.readouterr()
        return json.loads(printed.out), printed.err

    return run


def test_the_same_samples_in_another_format(convert, take):
    result, told = convert("out.flac")
    assert told == ""
    assert result["file"] == str(take.with_name("out.flac"))
    assert (result["rate"], result["channels"], result["frames"], result["seconds"]) == (RATE, 2, 3 * RATE, 3)
    assert (result["gain_db"], result["clipped"], result["notes"]) == (0, 0, [])
    assert np.array_equal(libsndfile(result["file"]), libsndfile(take))


def test_what_the_file_knows_goes_along(convert):
    found = read(convert("out.wav", "--part", "continuation")[0]["file"])
    assert (found.title, found.recipe, found.cut, found.frames) == ("Riff", '{"seed": 1}', 0, 2 * RATE)


def test_all_the_choices(convert):
    choices = "--format aiff --rate 48000 --depth 16 --part 0.5:2.5 --lufs -23 --fade-in 0.1 --fade-out 0.2 --mono"
    result, _ = convert("out.aif", *choices.split())
    about = soundfile.info(result["file"])
    assert (about.format, about.subtype, about.samplerate) == ("AIFF", "PCM_16", 48_000)
    assert (about.channels, about.frames) == (1, 96_000)
    assert result["lufs"] == -23
    assert abs(libsndfile(result["file"])[0, [0, -1]]).max() <= 2**-15


@pytest.mark.parametrize(("output", "more", "container"), [
    ("out.aif", [], "AIFF"),
    ("out.OGA", [], "OGG"),
    ("out", ["--format", "mp3"], "MP3"),
    ("out.bounce", ["--format", "flac"], "FLAC"),
])  # fmt: skip
def test_the_ending_or_the_option_names_the_format(convert, output, more, container):
    assert soundfile.info(convert(output, *more)[0]["file"]).format == container


def test_an_existing_file_is_kept_and_the_other_name_is_said(convert, take):
    before = take.read_bytes()
    result, told = convert(take.name)
    assert result["file"] == str(take.with_name("take_2.wav"))
    assert "exists already" in told
    assert take.read_bytes() == before


def test_what_one_would_not_expect_is_told(convert):
    result, told = convert("out.opus")
    assert told == "calm: OPUS has no 44.1 kHz: all of it was resampled to 48 kHz.\n"
    assert result["notes"] == ["OPUS has no 44.1 kHz: all of it was resampled to 48 kHz."]


def test_six_channels_are_folded_and_silence_has_no_loudness(tmp_path, capsys):
    soundfile.write(tmp_path / "six.wav", np.zeros((RATE, 6)), RATE)
    assert main(["export", str(tmp_path / "six.wav"), "-o", str(tmp_path / "out.wav"), "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == "calm: 6 channels were folded down to stereo.\n"
    result = json.loads(printed.out)
    assert (result["channels"], result["lufs"], result["true_peak"]) == (2, None, None)


def test_without_json_it_says_it_in_words(take, capsys):
    assert main(["export", str(take), "-o", str(take.with_name("out.wav"))]) == 0
    out = take.with_name("out.wav")
    assert capsys.readouterr().out.startswith(f"{out}: 3.0 s, 44100 Hz, -")


@pytest.mark.parametrize(("output", "more", "words"), [
    ("out.wma", [], "out.wma ends in no known format"),
    ("out.flac", ["--depth", "32f"], "32f is no depth of FLAC files"),
    ("out.wav", ["--part", "2:1"], "The selection from 2 to 1 s is empty"),
    ("out.wav", ["--part", "loop"], "There is no loop to export"),
    ("gone/out.wav", [], "does not exist"),
])  # fmt: skip
def test_what_cannot_be_done_is_said(take, capsys, output, more, words):
    assert main(["export", str(take), "-o", str(take.parent / output), *more]) == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in take.parent.iterdir()] == ["take.wav"]


def test_a_part_that_is_none_is_refused_at_once(take, capsys):
    with pytest.raises(SystemExit):
        main(["export", str(take), "-o", "out.wav", "--part", "chorus"])
    assert "chorus is neither whole, continuation, loop nor START:STOP" in capsys.readouterr().err
