"""Chord symbols and charts: read, printed, and read again."""

import numpy as np
import pytest

from engine.errors import CalmError
from engine.music.chart import parse_chart, print_chart
from engine.music.symbols import parse_chord
from engine.train.compose import compose

ROOTS = {"C": 0, "C#": 1, "Db": 1, "D": 2, "Eb": 3, "E": 4, "F": 5, "F#": 6, "G": 7, "Ab": 8, "A": 9, "Bb": 10, "B": 11}
SPELLINGS = {  # by the semitones above the root
    (0, 4, 7): ("", "maj", "M"),
    (0, 3, 7): ("m", "min", "-"),
    (0, 4, 7, 10): ("7",),
    (0, 4, 7, 11): ("maj7", "M7", "Δ", "Δ7", "ma7"),
    (0, 3, 7, 10): ("m7", "min7", "-7"),
    (0, 3, 7, 11): ("mmaj7", "m(maj7)", "mM7"),
    (0, 3, 6): ("dim", "°", "o"),
    (0, 3, 6, 9): ("dim7", "°7", "o7"),
    (0, 3, 6, 10): ("ø", "ø7", "m7b5", "-7b5"),
    (0, 4, 8): ("aug", "+"),
    (0, 4, 8, 10): ("aug7", "+7", "7#5"),
    (0, 5, 7): ("sus4", "sus"),
    (0, 2, 7): ("sus2",),
    (0, 5, 7, 10): ("7sus4", "7sus"),
    (0, 4, 7, 9): ("6",),
    (0, 3, 7, 9): ("m6", "-6"),
    (0, 2, 4, 7, 9): ("69", "6/9"),
    (0, 2, 4, 7): ("add9", "(add9)"),
    (0, 2, 4, 7, 10): ("9",),
    (0, 2, 3, 7, 10): ("m9",),
    (0, 2, 4, 7, 11): ("maj9", "M9"),
    (0, 2, 4, 5, 7, 10): ("11",),
    (0, 2, 4, 7, 9, 10): ("13",),
    (0, 1, 4, 7, 10): ("7b9", "7(b9)"),
    (0, 3, 4, 7, 10): ("7#9",),
    (0, 1, 4, 6, 7, 10): ("7b9#11", "7(b9,#11)"),
    (0, 7): ("5",),
}


@pytest.mark.parametrize(("shape", "suffix"), [(s, name) for s, names in SPELLINGS.items() for name in names])
def test_every_spelling_gives_its_tones_on_every_root(shape, suffix):
    for name, root in ROOTS.items():
        chord = parse_chord(name + suffix)
        assert (chord.symbol, chord.root, chord.bass) == (name + suffix, root, root)
        assert chord.pitches == tuple(sorted((root + i) % 12 for i in shape))


@pytest.mark.parametrize(
    ("symbol", "root", "bass", "pitches"),
    [
        ("D/F#", 2, 6, (2, 6, 9)),
        ("Am7/G", 9, 7, (0, 4, 7, 9)),
        ("C/Bb", 0, 10, (0, 4, 7)),
        ("C6/9/G", 0, 7, (0, 2, 4, 7, 9)),
        ("B♭maj7", 10, 10, (2, 5, 9, 10)),
        ("F♯m", 6, 6, (1, 6, 9)),
        ("Cb", 11, 11, (3, 6, 11)),
        ("C5", 0, 0, (0, 7)),
    ],
)
def test_basses_and_accidentals(symbol, root, bass, pitches):
    chord = parse_chord(symbol)
    assert (chord.root, chord.bass, chord.pitches) == (root, bass, pitches)


@pytest.mark.parametrize("symbol", ["H", "c", "Cmaj7x", "C/H", "C//G", "7", "Cm7b", "", "Cdimdim", "🎵"])
def test_a_symbol_that_cannot_be_read_is_named(symbol):
    with pytest.raises(CalmError) as caught:
        parse_chord(symbol)
    assert f'"{symbol}"' in caught.value.message
    assert not caught.value.advice.endswith(".")


def symbols(bars):
    return [[chord.symbol if chord else None for chord in bar] for bar in bars]


def test_bars_shares_and_repeats():
    bars = parse_chart("| Dm7 G7 | Cmaj7 | % |\n| N.C. | Am7 D7 Gm7 C7 ||")
    assert symbols(bars) == [["Dm7", "G7"], ["Cmaj7"], ["Cmaj7"], [None], ["Am7", "D7", "Gm7", "C7"]]


def test_repeat_signs_are_bar_lines():
    assert symbols(parse_chart("|: C | F :|")) == [["C"], ["F"]]


@pytest.mark.parametrize(("text", "problem"), [("", "no chords"), (" | | ", "no chords"), ("% | C", "begins with %")])
def test_charts_without_a_beginning(text, problem):
    with pytest.raises(CalmError, match=problem):
        parse_chart(text)


def test_the_wrong_symbol_in_a_chart_is_named():
    with pytest.raises(CalmError, match='"Xm7"'):
        parse_chart("Dm7 | Xm7 | C")


def test_a_printed_chart_reads_as_the_same_bars():
    draw = np.random.default_rng(7)
    words = [root + suffix for root in ROOTS for names in SPELLINGS.values() for suffix in names]
    words += ["N.C.", "D/F#", "C6/9/G", "B♭7"]
    for _ in range(300):
        bars = [" ".join(draw.choice(words, draw.integers(1, 5))) for _ in range(draw.integers(1, 9))]
        written = " | ".join("%" if number and draw.random() < 0.3 else bar for number, bar in enumerate(bars))
        assert parse_chart(print_chart(parse_chart(written))) == parse_chart(written)


def test_bars_that_repeat_are_printed_as_such():
    assert print_chart(parse_chart("C|C|F G|F G|C")) == "C | % | F G | % | C"


@pytest.mark.parametrize("seed", range(8))
def test_reads_every_symbol_that_the_composer_writes(seed):
    for written in compose(seed).chords:
        chord = parse_chord(written.symbol)
        assert (chord.root, chord.bass, chord.pitches) == (written.root, written.bass, written.pitches)
