"""Chord symbols as musicians write them: `F#m7b5/C` to root, bass and pitch classes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import CalmError

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"": 0, "b": -1, "#": 1, "bb": -2, "##": 2}
NO_CHORD = ("N.C.", "NC", "N.C", "n.c.")

# What stands right after the root: semitones above it.
_STEMS = (
    (("maj13", "M13", "Δ13", "ma13"), (0, 4, 7, 11, 14, 21)),
    (("maj9", "M9", "Δ9", "ma9"), (0, 4, 7, 11, 14)),
    (("maj7", "M7", "Δ7", "ma7", "j7"), (0, 4, 7, 11)),
    (("maj", "ma", "M"), (0, 4, 7)),
    (("Δ",), (0, 4, 7, 11)),
    (("mmaj9", "mM9", "m(maj9)", "-maj9", "minmaj9"), (0, 3, 7, 11, 14)),
    (("mmaj7", "mM7", "m(maj7)", "-maj7", "minmaj7", "mΔ7", "mΔ", "-Δ"), (0, 3, 7, 11)),
    (("m7b5", "min7b5", "-7b5", "m7-5", "ø7", "ø"), (0, 3, 6, 10)),
    (("dim7", "°7", "o7"), (0, 3, 6, 9)),
    (("dim", "°", "o"), (0, 3, 6)),
    (("aug7", "+7"), (0, 4, 8, 10)),
    (("aug", "+"), (0, 4, 8)),
    (("m13", "min13", "mi13", "-13"), (0, 3, 7, 10, 14, 21)),
    (("m11", "min11", "mi11", "-11"), (0, 3, 7, 10, 14, 17)),
    (("m9", "min9", "mi9", "-9"), (0, 3, 7, 10, 14)),
    (("m69", "m6/9", "min69", "-69"), (0, 3, 7, 9, 14)),
    (("m7", "min7", "mi7", "-7"), (0, 3, 7, 10)),
    (("m6", "min6", "mi6", "-6"), (0, 3, 7, 9)),
    (("min", "mi", "m", "-"), (0, 3, 7)),
    (("13",), (0, 4, 7, 10, 14, 21)),
    (("11",), (0, 4, 7, 10, 14, 17)),
    (("9",), (0, 4, 7, 10, 14)),
    (("7",), (0, 4, 7, 10)),
    (("69", "6/9"), (0, 4, 7, 9, 14)),
    (("6",), (0, 4, 7, 9)),
    (("5",), (0, 7)),
    (("",), (0, 4, 7)),
)
_STEM_SHAPES = {name: shape for names, shape in _STEMS for name in names}
_ADDED = {"add9": 14, "add2": 14, "add11": 17, "add4": 17, "add13": 21, "b9": 13, "#9": 15, "#11": 18, "b13": 20}
_ALTERED = {"b5": 6, "#5": 8}  # in place of the fifth
_SUSPENDED = {"sus2": 2, "sus4": 5, "sus": 5}  # in place of the third


def _either(names) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_SYMBOL = re.compile(
    rf"([A-G])(bb|##|b|#|)({_either(_STEM_SHAPES)})((?:\(?(?:{_either([*_ADDED, *_ALTERED, *_SUSPENDED])}),?\)?)*)"
    r"(?:/([A-G])(bb|##|b|#|))?"
)
_TENSION = re.compile(_either([*_ADDED, *_ALTERED, *_SUSPENDED]))


@dataclass(frozen=True)
class Chord:
    """A chord: its `symbol` as written, `root` and `bass` pitch classes 0..11 from C, and all of its `pitches`, sorted,
    without a bass that is foreign to it."""

    symbol: str
    root: int
    bass: int
    pitches: tuple[int, ...]


def parse_chord(symbol: str) -> Chord:
    """Read a chord symbol; ♭ and ♯ may stand for b and #. Raises CalmError that names a symbol nobody could read."""
    match = _SYMBOL.fullmatch(symbol.replace("♭", "b").replace("♯", "#"))
    if match is None:
        raise CalmError(
            f'"{symbol}" cannot be read as a chord',
            "Write a root from A to G and a quality, such as C, F#m7, Bbmaj7, Gsus4 or D7/F#",
        )
    letter, accidental, stem, tensions, bass_letter, bass_accidental = match.groups()
    root = _pitch_class(letter, accidental)
    bass = root if bass_letter is None else _pitch_class(bass_letter, bass_accidental)
    intervals = _intervals(_STEM_SHAPES[stem], _TENSION.findall(tensions))
    return Chord(symbol, root, bass, tuple(sorted({(root + i) % 12 for i in intervals})))


def _pitch_class(letter: str, accidental: str) -> int:
    return (LETTERS[letter] + ACCIDENTALS[accidental]) % 12


def _intervals(shape: tuple[int, ...], tensions: list[str]) -> set[int]:
    """A stem's semitones above the root with what its tensions add, alter or suspend."""
    intervals = set(shape)
    for tension in tensions:
        if tension in _SUSPENDED:
            intervals = intervals - {3, 4} | {_SUSPENDED[tension]}
        elif tension in _ALTERED:
            intervals = intervals - {7} | {_ALTERED[tension]}
        else:
            intervals.add(_ADDED[tension])
    return intervals
