import pytest

from engine.errors import CalmError
from engine.export import DEPTHS, FORMATS, RATES, ExportSettings


def test_the_default_changes_nothing():
    usual = ExportSettings()
    assert (usual.format, usual.depth, usual.rate_for(44_100), usual.rate_for(37_800)) == ("wav", "24", 44_100, 37_800)
    assert (usual.mono, usual.loudness, usual.fade_in, usual.fade_out, usual.part) == (False, None, 0, 0, "whole")


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_offered_for_a_format_is_accepted(format):
    for depth in DEPTHS[format]:
        assert ExportSettings(format, depth).depth == depth
    assert ExportSettings(format, rate=48_000).rate_for(44_100) == 48_000


@pytest.mark.parametrize(("choice", "words"), [
    ({"format": "wma"}, "wma is no format"),
    ({"depth": "8"}, "8 is no depth of WAV files"),
    ({"format": "flac", "depth": "32f"}, "32f is no depth of FLAC files"),
    ({"rate": 44_000}, "44000 is no sample rate of WAV files"),
    ({"format": "mp3", "rate": 96_000}, "96000 is no sample rate of MP3 files"),
    ({"format": "opus", "rate": 44_100}, "44100 is no sample rate of OPUS files"),
    ({"loudness": -18}, "-18 is no loudness"),
    ({"fade_in": -1.0}, "A fade of -1 seconds cannot be made"),
    ({"fade_out": 61.0}, "A fade of 61 seconds cannot be made"),
    ({"fade_out": float("nan")}, "A fade of nan seconds cannot be made"),
])  # fmt: skip
def test_what_no_file_can_have_is_refused(choice, words):
    with pytest.raises(CalmError) as caught:
        ExportSettings(**choice)
    assert caught.value.message == words
    assert caught.value.advice.startswith("Choose ")


def test_the_advice_names_what_there_is():
    with pytest.raises(CalmError, match="Choose one of: 44100, 48000$"):
        ExportSettings("mp3", rate=88_200)
    with pytest.raises(CalmError, match="Choose one of: 48000$"):
        ExportSettings("opus", rate=88_200)


@pytest.mark.parametrize(("format", "source", "rate"), [
    ("opus", 44_100, 48_000),
    ("opus", 96_000, 48_000),
    ("mp3", 96_000, 48_000),
    ("mp3", 22_050, 22_050),
    ("mp3", 50_000, 48_000),
    *[("ogg", rate, rate) for rate in RATES],
    *[("flac", rate, rate) for rate in (*RATES, 192_000)],
])  # fmt: skip
def test_only_a_format_that_lacks_the_sources_rate_gets_another(format, source, rate):
    assert ExportSettings(format).rate_for(source) == rate


def test_floats_are_only_where_the_format_has_them():
    assert ExportSettings("wav", "32f").floating
    assert not ExportSettings("mp3", "32f").floating
    assert not ExportSettings("wav", "24").floating
