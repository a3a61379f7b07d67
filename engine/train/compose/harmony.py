"""Chords: roman numerals to pitch classes, progressions, scales that fit a chord, voice leading."""

import re
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from engine.music.leadsheet import SCALES as MODES

# Which mode a bank of progressions is in.
MODE_OF = {mode: mode for mode in MODES} | {"jazz": "major", "jazz minor": "minor"}
QUALITIES = {
    "": (0, 4, 7), "m": (0, 3, 7), "m6": (0, 3, 7, 9), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10), "dim7": (0, 3, 6, 9), "7sus4": (0, 5, 7, 10), "9": (0, 4, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14), "m9": (0, 3, 7, 10, 14), "7b9": (0, 4, 7, 10, 13),
}  # fmt: skip
TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
DEGREES = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}
NUMERAL = re.compile(r"([b#]?)([IViv]+)([^/]*)(?:/([b#]?\d))?$")

# Bars are parted by spaces; chords that share a bar by commas. Numerals count from the major scale in every mode.
PROGRESSIONS = {
    "major": (
        "I V vi IV", "I vi IV V", "vi IV I V", "I IV vi V", "I iii IV V", "IV V iii vi", "I V/7 vi IV", "I IV I V",
        "I ii IV V", "IV I V vi", "I IV iv I", "I I7 IV iv", "I III7 vi IV", "I V vi iii IV I ii V", "I bVII IV I",
        "ii V I vi", "I iii vi IV", "vi V IV V", "I ii iii IV", "I,I/3 IV ii V", "I V/7 bVII IV", "IV iv I VI7",
        "I bVI bVII I", "I vi ii V iii vi ii V",
    ),
    "minor": (
        "i bVI bIII bVII", "i bVII bVI V7", "i iv bVII bIII", "i iv V7 i", "i bVI iv V7", "i v bVI bVII",
        "i bIII bVII iv", "i i bVI bVII", "i iv i V7", "bVI bVII i i", "i bVII iv bVI", "i bIII bVI V7", "i bVI i bVI",
        "i iim7b5 V7 i", "i bVII bVI bVII", "i/1 i/b7 bVI V7", "i iv bVI V", "i bVI bIII bVII i bVI iv V7",
    ),
    "dorian": ("i IV i IV", "i bVII IV i", "i ii bIII IV", "i bIII IV i", "i i IV IV", "i v IV IV", "i IV bVII i"),
    "mixolydian": ("I bVII IV I", "I v bVII IV", "I I bVII bVII", "I IV bVII IV", "I bVII ii IV", "I7 I7 IV7 I7"),
    "lydian": ("I II I II", "I II vi II", "I vii vi II", "Imaj7 Imaj7 II II", "vi II I I"),
    "phrygian": ("i bII i bII", "i bII bIII bII", "i i bII bII", "i bvii bVI bII", "i bII bvii i"),
    "jazz": (
        "iim7 V7 Imaj7 VI7", "Imaj7,VI7 iim7,V7 iiim7,VI7 iim7,V7", "Imaj7 vim7 iim7 V7", "iiim7 VI7b9 iim7 V7",
        "Imaj7 Imaj7 iim7 V7", "Imaj7 IVmaj7 iiim7,VI7 iim7,V7", "iim7 V7 Imaj7 Imaj7 iim7 V7 iiim7 VI7b9",
        "Imaj7 II7 iim7 V7", "Imaj7 im7,IV7 bVIImaj7 V7", "I7 IV7 I7 I7 IV7 IV7 I7,VI7 iim7,V7",
        "Imaj7 bIIImaj7 bVImaj7 V7sus4", "Imaj7 #idim7 iim7 V7",
    ),
    "jazz minor": (
        "im6 iim7b5,V7b9 im6 V7b9", "im7 ivm7 iim7b5 V7b9", "im9 im9 ivm7 ivm7 bVImaj7 V7b9 im9 V7b9",
        "im7 bVII7 bVImaj7 V7b9", "ivm7 bVII7 bIIImaj7 bVImaj7 iim7b5 V7b9 im6 im6",
    ),
}  # fmt: skip
# Where a chord likes to go, for freshly made progressions.
MOVES = {
    "major": {
        "I": "ii iii IV V vi vi IV", "ii": "V V IV iii", "iii": "vi IV ii", "IV": "V I ii iv bVII", "iv": "I V",
        "V": "vi I IV", "vi": "IV ii V iii", "bVII": "IV I V",
    },
    "minor": {
        "i": "iv bVI bVII bIII v", "iv": "V7 i bVII bVI", "bVI": "bVII bIII iv V7", "bVII": "i bIII bVI",
        "bIII": "bVII bVI iv", "v": "bVI iv i", "V7": "i bVI",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Chord:
    """A chord in a key: `root` and `bass` pitch classes, `tones` pitch classes in stacking order."""

    symbol: str
    root: int
    bass: int
    tones: tuple[int, ...]


def parse(numeral: str, tonic: int, mode: str, richness: int) -> Chord:
    """Read a roman numeral in a key. `richness` 0, 1, 2 adds nothing, a seventh, a ninth to bare numerals."""
    accidental, digits, suffix, bass = NUMERAL.match(numeral).groups()
    degree = DEGREES[digits.upper()] + _shift(accidental)
    minor = digits.islower()
    quality = ("m" + suffix if minor and suffix[:1] not in ("m", "d") else suffix) if suffix else ""
    intervals = QUALITIES[quality] if suffix else _enrich(degree, minor, MODES[mode], richness)
    root = (tonic + degree) % 12
    tones = tuple((root + i) % 12 for i in intervals)
    lowest = root if bass is None else (tonic + MODES["major"][int(bass[-1]) - 1] + _shift(bass[:-1])) % 12
    return Chord(_symbol(root, intervals, lowest), root, lowest, tones)


def _shift(accidental: str) -> int:
    return {"b": -1, "": 0, "#": 1}[accidental]


def _enrich(degree: int, minor: bool, scale: tuple[int, ...], richness: int) -> tuple[int, ...]:
    """Stack thirds that the key has: a dominant gets its minor seventh, a tonic its major one."""
    triad = (0, 3, 7) if minor else (0, 4, 7)
    if richness == 0:
        return triad
    flat = minor or (degree + 10) % 12 in scale
    ninth = (14,) if richness == 2 and (degree + 2) % 12 in scale else ()
    return (*triad, 10 if flat else 11, *ninth)


def _symbol(root: int, intervals: tuple[int, ...], bass: int) -> str:
    quality = next(name for name, shape in QUALITIES.items() if shape == intervals)
    return TONICS[root] + quality + ("" if bass == root else "/" + TONICS[bass])


def progression(rng: Random, bank: str, length: int) -> list[list[str]]:
    """Numerals for `length` bars, each a list of one or two: one from the book, or a walk along likely moves."""
    if bank in MOVES and rng.random() < 0.5:
        bars = _walk(rng, MOVES[bank], rng.choice((4, 4, 8)))
    else:
        bars = [bar.split(",") for bar in rng.choice(PROGRESSIONS[bank]).split()]
    return [bars[i % len(bars)] for i in range(length)]


def _walk(rng: Random, moves: dict[str, str], length: int) -> list[list[str]]:
    home = next(iter(moves))
    numeral = home if rng.random() < 0.7 else rng.choice(list(moves))
    bars = []
    for _ in range(length):
        following = rng.choice(moves[numeral].split())
        share = rng.random() < 0.12
        bars.append([numeral, following] if share else [numeral])
        numeral = rng.choice(moves[following].split()) if share else following
    return bars


def fitting_scale(chord: Chord, tonic: int, mode: str) -> set[int]:
    """Pitch classes a melody may use over a chord: the key's, minus those a borrowed chord tone would rub against."""
    key = {(tonic + step) % 12 for step in MODES[mode]}
    borrowed = set(chord.tones) - key
    clashing = {(pc + d) % 12 for pc in borrowed for d in (-1, 1)}
    return (key - clashing) | set(chord.tones)


def voice(tones: tuple[int, ...], low: int, previous: tuple[int, ...]) -> tuple[int, ...]:
    """Close voicing of pitch classes, bottom note within an octave from `low`, that moves least from `previous`."""
    stack = sorted(set(tones))
    voicings = [_stack(stack[i:] + stack[:i], low) for i in range(len(stack))]
    if not previous:
        return min(voicings)
    return min(voicings, key=lambda v: _distance(v, previous) + 0.3 * abs(v[0] - low - 5))


def _stack(classes: list[int], low: int) -> tuple[int, ...]:
    pitches = [low + (classes[0] - low) % 12]
    for before, after in pairwise(classes):
        pitches.append(pitches[-1] + (after - before) % 12)
    return tuple(pitches)


def _distance(voicing: tuple[int, ...], previous: tuple[int, ...]) -> int:
    return sum(min(abs(p - q) for q in previous) for p in voicing)
