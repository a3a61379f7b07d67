"""Chords of its own for a clip: in its key, in phrases, of the kind that was heard."""

from random import Random

import pytest

from engine.errors import CalmError
from engine.music.chart import parse_chart
from engine.music.heard import Heard, HeardChord, Key
from engine.music.key import MODE_OF
from engine.music.leadsheet import SCALES
from engine.music.suggest import BARS, PHRASE, RETURNING, is_rich, name_of, suggest
from engine.music.symbols import parse_chord


def clip(*symbols: str, tonic=0, mode="major", confidence=0.9) -> Heard:
    chords = [parse_chord(symbol) for symbol in symbols]
    heard = tuple(HeardChord(n, 1.0, c.symbol, c.root, c.bass, c.pitches, confidence) for n, c in enumerate(chords))
    return Heard(120.0, (0.0, 0.5), 4, 0, 0.9, Key(tonic, mode), 0.9, heard)


def charts(heard: Heard, count=60) -> list[tuple]:
    return [parse_chart(suggest(heard, Random(seed))) for seed in range(count)]


def in_scale(chart, tonic: int, scale: str) -> float:
    """The share of its chords all of whose tones are in the scale."""
    tones = {(tonic + step) % 12 for step in SCALES[scale]}
    chords = [chord for bar in chart for chord in bar]
    return sum(tones.issuperset(chord.pitches) for chord in chords) / len(chords)


def test_the_second_phrase_begins_as_the_first():
    for chart in charts(clip("C", "F")):
        assert len(chart) == BARS and all(len(bar) == 1 for bar in chart)
        assert chart[PHRASE : PHRASE + RETURNING] == chart[:RETURNING]


def test_the_same_chance_gives_the_same_chart_and_others_give_others():
    assert suggest(clip("C"), Random(7)) == suggest(clip("C"), Random(7))
    assert len({suggest(clip("C"), Random(seed)) for seed in range(60)}) > 30


@pytest.mark.parametrize("tonic", [0, 1, 6, 10])
@pytest.mark.parametrize(("mode", "tonic_chord"), [("major", ""), ("minor", "m")])
def test_it_stays_in_the_key(tonic, mode, tonic_chord):
    key = Key(tonic, mode)
    found = charts(clip(key.spell(tonic) + tonic_chord, tonic=tonic, mode=mode))
    assert sum(in_scale(chart, tonic, mode) for chart in found) / len(found) > 0.75
    home = sum(any(chord.root == tonic for bar in chart for chord in bar) for chart in found)
    assert home / len(found) > 0.8, "nearly all come home"


def test_in_another_key_it_is_the_same_higher_up():
    for seed in range(20):
        low = parse_chart(suggest(clip("C", "F", "G7"), Random(seed)))
        high = parse_chart(suggest(clip("Eb", "Ab", "Bb7", tonic=3), Random(seed)))
        assert [[(c.root + 3) % 12 for c in bar] for bar in low] == [[c.root for c in bar] for bar in high]


def test_sevenths_are_answered_by_sevenths_and_triads_by_triads():
    def rich(chart) -> bool:
        return is_rich((chord.root, chord.pitches, 1.0) for bar in chart for chord in bar)

    assert all(rich(chart) for chart in charts(clip("Cmaj7", "Am7")))
    assert not any(rich(chart) for chart in charts(clip("C", "Am")))
    assert not any(rich(chart) for chart in charts(clip("Cmaj7", "Am7", confidence=0.2))), (
        "what is not sure is no reason"
    )


@pytest.mark.parametrize(("symbols", "scale"), [(("Cm", "F"), "dorian"), (("Cm", "Db"), "phrygian")])
def test_it_is_on_the_scale_of_the_chords(symbols, scale):
    assert MODE_OF[scale] == "minor"
    found = charts(clip(*symbols, mode="minor"))
    shares = {name: sum(in_scale(chart, 0, name) for chart in found) for name in ("minor", "dorian", "phrygian")}
    assert max(shares, key=shares.get) == scale


def test_it_goes_on_from_the_last_chord():
    def first(chart) -> int:
        return chart[0][0].root

    after_dominant = [first(chart) for chart in charts(clip("C", "G7", "G7"))]
    after_tonic = [first(chart) for chart in charts(clip("G7", "Cmaj7", "Cmaj7"))]
    assert after_dominant.count(0) > after_tonic.count(0), "a dominant resolves"


@pytest.mark.parametrize("symbol", ["F#m7b5/A", "Am9", "Bb6/9", "G7sus4"])
def test_a_chord_that_was_never_counted_is_no_obstacle(symbol):
    assert len(charts(clip(symbol), 5)) == 5


def test_chords_are_named_by_degree_and_quality():
    assert [name_of(*chord) for chord in ((9, "Am7"), (-1, "Bmaj9/D#"), (10, "Bb6/9"))] == [
        "VIm7",
        "VIImaj9",
        "bVII6/9",
    ]


def test_without_a_key_it_says_what_to_do():
    silent = Heard(None, (), 4, 0, 0.0, None, 0.0, ())
    with pytest.raises(CalmError) as told:
        suggest(silent, Random(0))
    assert "key" in told.value.message and told.value.advice
