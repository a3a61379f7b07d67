"""Charts: `Dm7 | G7 | Cmaj7 | %` to bars of chords, and back."""

from __future__ import annotations

from engine.errors import CalmError
from engine.music.symbols import NO_CHORD, Chord, parse_chord

Bar = tuple[Chord | None, ...]
REPEAT = "%"


def parse_chart(text: str) -> tuple[Bar, ...]:
    """Bars of the chords that share each of them equally; None is a share without a chord (`N.C.`).

    Bars are parted by `|` or by ends of lines, chords by spaces; `%` is the bar before once more. Bar lines at either
    end, double and repeated bar lines count as one. Raises CalmError naming what cannot be read.
    """
    bars: list[Bar] = []
    for written in text.replace("\n", "|").replace(":", " ").split("|"):
        if written.strip():
            bars.append(_bar(written.split(), bars))
    if not bars:
        raise CalmError("The chart holds no chords", "Write chords with | between the bars, such as Dm7 | G7 | Cmaj7")
    return tuple(bars)


def print_chart(bars: tuple[Bar, ...]) -> str:
    """The chart of some bars, on one line, a bar like the one before it as `%`. `parse_chart` reads the same bars."""
    written = []
    for number, bar in enumerate(bars):
        repeats = number > 0 and bar == bars[number - 1]
        written.append(REPEAT if repeats else " ".join(chord.symbol if chord else NO_CHORD[0] for chord in bar))
    return " | ".join(written)


def _bar(symbols: list[str], before: list[Bar]) -> Bar:
    if symbols == [REPEAT]:
        if not before:
            raise CalmError("The chart begins with %, which repeats the bar before", "Begin with a chord")
        return before[-1]
    return tuple(None if symbol in NO_CHORD else parse_chord(symbol) for symbol in symbols)
