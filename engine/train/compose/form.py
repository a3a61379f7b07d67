"""The shape of a song: its sections, how many bars each has, and the chords in them."""

from dataclasses import dataclass
from random import Random

from engine.music.form import USUAL_ENERGY
from engine.train.compose.harmony import MODES, parse, progression
from engine.train.compose.parts import Passage, Span

SHORTEST, LONGEST = 41.0, 71.0  # seconds of music, before the tail
ENDING_BARS, LONGEST_SECTION = 2, 16
FORMS = (
    ("intro", "A", "B", "A", "ending"),
    ("intro", "A", "A", "B", "A", "ending"),
    ("A", "B", "A", "B", "ending"),
    ("intro", "A", "B", "break", "B", "ending"),
    ("A", "A", "B", "A", "ending"),
    ("intro", "A", "B", "A", "B", "ending"),
    ("A", "B", "ending"),
    ("intro", "A", "B", "C", "A", "ending"),
)
LETTERS = {"intro": "A", "break": "B", "ending": "A"}  # whose material a section without its own takes
Kicks = dict[str, tuple[int, ...]]  # letter -> the kick drum's steps in a bar
CADENCES = {
    "major": ("IV", "V", "iv", "V7sus4"),
    "minor": ("V7", "bVII", "iv", "bVI"),
    "dorian": ("IV", "bVII"),
    "mixolydian": ("bVII", "IV"),
    "lydian": ("II", "V"),
    "phrygian": ("bII",),
}


@dataclass(frozen=True)
class Key:
    """A key and how rich its chords are (0 triads, 1 sevenths, 2 ninths); `bank` names the progressions to use."""

    tonic: int
    mode: str
    bank: str
    richness: int


def choose_form(rng: Random, bar_seconds: float) -> list[tuple[str, int]]:
    """(name, bars) of each section, so that the whole takes between `SHORTEST` and `LONGEST` seconds."""
    forms = [[(name, _bars(name, unit)) for name in form] for form in FORMS for unit in (4, 6, 8, 12, LONGEST_SECTION)]
    fitting = [f for f in forms if SHORTEST <= sum(bars for _, bars in f) * bar_seconds <= LONGEST]
    return rng.choice(fitting)


def _bars(name: str, unit: int) -> int:
    if name == "ending":
        return ENDING_BARS
    return unit // 2 if name in ("intro", "break") else unit


def plan_passages(rng: Random, key: Key, form: list[tuple[str, int]], bar: int, kicks: Kicks) -> list[Passage]:
    """The sections with their chords placed. A letter that returns brings its chords back; `bar` is in steps."""
    books: dict[str, list[list[str]]] = {}
    passages, first_bar, returns = [], 0, 0
    for name, bars in form:
        letter = LETTERS.get(name, name)
        if name == "ending":
            home = "I" if MODES[key.mode][2] == 4 else "i"
            numerals = [[rng.choice(CADENCES[key.mode])], [home]]
        else:
            books.setdefault(letter, progression(rng, key.bank, LONGEST_SECTION))
            numerals = books[letter][:bars]
        returns += name == "A"
        energy = USUAL_ENERGY[name] + (0.12 if name == "A" and returns > 1 else 0.0)
        spans = _place(numerals, key, first_bar, bar)
        passages.append(Passage(name, first_bar, bars, bar, energy, spans, kicks[letter], letter))
        first_bar += bars
    return passages


def _place(numerals: list[list[str]], key: Key, first_bar: int, bar: int) -> tuple[Span, ...]:
    spans = []
    for number, names in enumerate(numerals):
        start = (first_bar + number) * bar
        cuts = [0, bar] if len(names) == 1 else [0, 8, bar]
        for name, at, end in zip(names, cuts[:-1], cuts[1:], strict=True):
            spans.append(Span(start + at, end - at, parse(name, key.tonic, key.mode, key.richness)))
    return tuple(spans)
