"""Words alone become a lead sheet: what they say outright counts, the rest is what songs so described are like."""

from functools import partial

import numpy as np
import pytest

from engine.errors import CalmError
from engine.music.follow import NO_CHORDS, Wishes
from engine.music.heard import Heard, Key
from engine.music.leadsheet import GROUPS, STYLES
from engine.text import package, reading
from engine.text.imagine import FAST, SLOW, imagine, suggested

CUT, SECONDS = 0.5, 20.0
PIANO, DRUMS = 0, 16


def idea_of(text):
    return imagine(text, CUT)


def test_takes_read_the_text_by_themselves():
    """With another number of threads the last bits of an embedding are others, and so are those of its take."""
    before = reading.embedding.cache_info()
    idea_of("words that no take has read")
    assert reading.embedding.cache_info() == before


@pytest.mark.parametrize(
    ("text", "tempo"), [("dark techno at 132 bpm", 132), ("7 bpm of noise", None), ("92.5 BPM lo-fi", 92.5)]
)
def test_a_tempo_that_is_named_is_the_tempo(text, tempo):
    found = idea_of(text).heard.tempo
    assert found == tempo if tempo else 40 < found < 200


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sad strings in D minor", Key(2, "minor")),
        ("Bb major pads", Key(10, "major")),
        ("a song in C sharp minor", Key(1, "minor")),
        ("Cb major", Key(11, "major")),
    ],
)
def test_a_key_that_is_named_is_the_key(text, key):
    heard = idea_of(text).heard
    assert heard.key == key
    assert heard.chords[0].root == key.tonic and ("m" in heard.chords[0].symbol) >= (key.mode == "minor")


def test_slow_is_slow_and_fast_is_fast():
    for style in ("jazz", "rock", "house", "folk"):
        assert idea_of(f"slow {style}").heard.tempo <= SLOW < FAST <= idea_of(f"fast {style}").heard.tempo
    assert idea_of("breakfast folk").heard.tempo < FAST, "in the middle of a word"


def test_words_suggest_style_and_instruments():
    for text, style in (("deep house", "house"), ("baroque string quartet", "chamber"), ("bebop", "jazz trio")):
        assert style in STYLES and idea_of(text).style == style
    assert idea_of("piano").style is None, "too little to tell"
    assert PIANO in idea_of("piano and drums").families and DRUMS in idea_of("piano and drums").families
    assert DRUMS not in idea_of("solo piano").families


def test_words_suggest_the_mode_and_the_chords():
    assert idea_of("sad dark melancholic music").heard.key.mode == "minor"
    assert idea_of("happy cheerful music").heard.key.mode == "major"
    assert "7" in idea_of("smooth jazz trio").heard.chords[0].symbol
    assert "7" not in idea_of("rock band").heard.chords[0].symbol


def test_the_sheet_begins_at_the_cut_and_the_seed_draws_its_chords():
    idea = idea_of("slow soul in F minor")
    sheets = [idea.sheet(CUT, SECONDS, Wishes(), seed) for seed in (1, 1, 2)]
    assert sheets[0] == sheets[1] != sheets[2]
    sheet = sheets[0]
    assert (sheet.grids[0].downbeat, sheet.grids[0].tempo, sheet.tonic) == (CUT, idea.heard.tempo, 5)
    ahead = [chord for chord in sheet.chords if chord.start >= CUT]
    assert ahead[0].start == CUT and ahead[-1].stop == pytest.approx(CUT + SECONDS)
    assert (sheet.style, sheet.families) == (idea.style, idea.families)
    assert sheet.features(np.array([1.0]))[0, -GROUPS["song"]] == 1, "it is told"


def test_what_is_written_counts_before_what_is_imagined():
    sheet = idea_of("slow soul").sheet(CUT, SECONDS, Wishes(100.0, "Dm7 | G7"), 1)
    assert sheet.grids[-1].tempo == 100.0
    assert {chord.symbol for chord in sheet.chords if chord.start >= CUT} == {"Dm7", "G7"}
    free = idea_of("slow soul").sheet(CUT, SECONDS, Wishes(chords=NO_CHORDS), 1)
    assert free.grids and all(chord.stop <= CUT for chord in free.chords)


def test_where_no_key_is_known_nothing_is_suggested():
    silent = Heard(None, (), 4, 0, 0.0, None, 0.0, ())
    assert suggested(silent, Wishes(90.0), 1) == Wishes(90.0)
    heard = idea_of("soul").heard
    again = partial(suggested, heard, Wishes(90.0))
    assert again(1) == again(1) != again(2) and again(1).tempo == 90.0
    assert suggested(heard, Wishes(chords="F"), 1).chords == "F"


def test_without_the_text_encoder_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(package, "WEIGHTS", "no-such-package")
    reading._encoder.cache_clear()
    try:
        with pytest.raises(CalmError, match="text encoder is not installed") as told:
            imagine("words that nobody has read yet", CUT)
    finally:
        reading._encoder.cache_clear()
    assert told.value.advice.startswith("Install")
