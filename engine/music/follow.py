"""From what was heard in a prompt, and what the user wrote, to the lead sheet of its continuation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.errors import CalmError
from engine.music.bar_lines import LATE, bar_after, bars_of, start
from engine.music.chart import Bar, parse_chart
from engine.music.form import parse_form, sections_ahead
from engine.music.heard import Heard
from engine.music.leadsheet import Grid, LeadSheet, SheetChord, SheetSection

SURE = 0.5  # what was heard with less confidence is not told: nothing is better than something wrong
LOOPS = (8, 4, 2, 1)  # bars that a progression may be long
ENOUGH = 0.3  # of a bar: with its chords heard for so long, a bar that the prompt's ends cut counts as heard
SAME = 0.04  # a tempo this close to the one heard, or to its half or double, is the same music counted otherwise
EDGE = 0.05  # of a bar: what is heard of a chord beyond a bar line by less is not in that bar
NO_CHORDS = "N.C."  # the chart by which tempo and key go on and harmony is the model's own
DEFAULT_TEMPO = 120.0
SLOWEST, FASTEST = 30.0, 300.0


@dataclass(frozen=True)
class Wishes:
    """What the user asks of the continuation; None: as heard. `chords` is a chart, `tempo` in beats a minute, `form`
    sections (`engine.music.form`), None: as it comes.

    Raises CalmError for a tempo outside 30 to 300, or a chart or form that cannot be read.
    """

    tempo: float | None = None
    chords: str | None = None
    form: str | None = None

    def __post_init__(self):
        if self.tempo is not None and not SLOWEST <= self.tempo <= FASTEST:
            raise CalmError(
                f"A tempo of {self.tempo:g} beats a minute cannot be used",
                f"Choose a number from {SLOWEST:g} to {FASTEST:g}",
            )
        if self.chords is not None:
            parse_chart(self.chords)
        if self.form is not None:
            parse_form(self.form)

    @property
    def counts_bars(self) -> bool:
        """Whether something is wished that cannot be without bars."""
        return self.form is not None or self.chords not in (None, NO_CHORDS)


@dataclass(frozen=True)
class Share:
    """A chord's part of a bar, 0 its start and 1 its end."""

    start: float
    stop: float
    symbol: str
    root: int
    bass: int
    pitches: tuple[int, ...]


def follow(heard: Heard, cut: float, seconds: float, wishes: Wishes = Wishes()) -> LeadSheet:
    """The lead sheet of a prompt that is ``cut`` seconds long and of the ``seconds`` after it, in its own time.

    The tempo goes on, the key stays, the last bars' chords are repeated (`heard_bars`); a chart begins at the first bar
    line after the cut and is repeated too, a form begins there. They need bars: where no pulse was heard, and no tempo
    is given, 120 is taken. By NO_CHORDS tempo and key are told and no chords.
    """
    grids, known = first_grids(heard, cut, wishes), heard_chords(heard, cut)
    tonic, mode = heard_key(heard)
    chords = known + ahead(grids, known, cut, cut, cut + seconds, wishes.chords)
    sections = form_ahead(grids, cut, cut, cut + seconds, wishes.form)
    return LeadSheet(grids=grids, tonic=tonic, mode=mode, chords=chords, sections=sections)


def is_sure(heard: Heard) -> bool:
    """Whether the beat that was heard is told."""
    return heard.tempo is not None and heard.tempo_confidence >= SURE


def heard_key(heard: Heard) -> tuple[int | None, str]:
    """Tonic and mode, as far as they are told."""
    if heard.key is not None and heard.key_confidence >= SURE:
        return heard.key.tonic, heard.key.mode
    return None, "major"


def heard_chords(heard: Heard, cut: float) -> tuple[SheetChord, ...]:
    """Those of the prompt that are told."""
    sure = (chord for chord in heard.chords if chord.confidence >= SURE and chord.start < cut)
    return tuple(SheetChord(c.start, min(c.start + c.duration, cut), c.symbol, c.root, c.bass, c.pitches) for c in sure)


def first_grids(heard: Heard, cut: float, wishes: Wishes) -> tuple[Grid, ...]:
    """The beat of the prompt, and from the first bar line after it on the one that is wished."""
    if not is_sure(heard):
        wished = wishes.tempo or (DEFAULT_TEMPO if wishes.counts_bars else None)
        return (Grid(wished, cut, 4),) if wished else ()
    downbeats = heard.beats[heard.first_downbeat :: heard.beats_per_bar] or heard.beats[:1]
    own = Grid(heard.tempo, downbeats[-1], heard.beats_per_bar)  # the last bar heard, for least drift after the cut
    if wishes.tempo is None:
        return (own,)
    if any(abs(wishes.tempo / (own.tempo * times) - 1) < SAME for times in (0.5, 1, 2)):
        return (replace(own, tempo=wishes.tempo),)
    return own, Grid(wishes.tempo, start(own, bar_after(own, cut)), own.beats_per_bar)


def ahead(
    grids: tuple[Grid, ...], known: tuple[SheetChord, ...], cut: float, begin: float, end: float, chart: str | None
) -> tuple[SheetChord, ...]:
    """The chords between two moments after the cut: the user's chart, which counts from the first bar line after the
    cut, or the prompt's last bars over again, whose chords are ``known``."""
    if not grids:
        return ()
    here = bar_at(grids[0], cut)
    first = here if chart is None else bar_after(grids[0], cut)
    bars = heard_bars(grids[0], known, here) if chart is None else [_shares(bar) for bar in parse_chart(chart)]
    return _laid_out(bars, grids, start(grids[0], first), begin, end)


def form_ahead(
    grids: tuple[Grid, ...], cut: float, begin: float, end: float, form: str | None
) -> tuple[SheetSection, ...]:
    """The sections between two moments after the cut, of the user's form, which counts from the first bar line after
    the cut."""
    if form is None or not grids:
        return ()
    return sections_ahead(form, grids, start(grids[0], bar_after(grids[0], cut)), begin, end)


def bar_at(grid: Grid, cut: float) -> int:
    """The number of the bar that a cut lies in."""
    return math.floor((grid.beat(cut) + LATE) / grid.beats_per_bar)


def heard_bars(grid: Grid, known: tuple[SheetChord, ...], here: int) -> list[list[Share]]:
    """The prompt's last bars, to be repeated from bar ``here`` on, in which the cut lies.

    Of a bar that the cut, or the prompt's beginning, parts, what was heard goes for all of it, if it is ENOUGH. An odd
    number of bars is made even by one without chords, in which the model finds its own. (What goes on so after 5 s of
    20 songs has the song's key in 0.60, with only whole bars repeated in 0.30, told no chords after the cut in 0.40.)
    """
    whole = range(bar_after(grid, 0.0), here)
    parted = {bar: _heard_bar(known, grid, bar) for bar in (whole.start - 1, here)}
    filled = {bar: _filled(shares) for bar, shares in parted.items() if _lasting(shares) >= ENOUGH}
    bars = filled | {bar: _heard_bar(known, grid, bar) for bar in whole}
    if not bars:
        return []
    length = next(loop for loop in LOOPS if loop <= len(bars) + len(bars) % 2)
    loop = [bars[bar] for bar in sorted(bars)[-length:]]
    free: list[list[Share]] = [[]] * (length - len(loop))
    return [loop[-1], *free, *loop[:-1]] if here in bars else [*free, *loop]


def _lasting(shares: list[Share]) -> float:
    return sum(share.stop - share.start for share in shares)


def _filled(shares: list[Share]) -> list[Share]:
    """The chords of a bar, the first and the last to its ends."""
    shares = [replace(shares[0], start=0.0), *shares[1:]]
    return [*shares[:-1], replace(shares[-1], stop=1.0)]


def _shares(bar: Bar) -> list[Share]:
    """The chords of a bar of a chart, each its equal share."""
    size = 1 / len(bar)
    return [
        Share(place * size, (place + 1) * size, chord.symbol, chord.root, chord.bass, tuple(chord.pitches))
        for place, chord in enumerate(bar)
        if chord
    ]


def _heard_bar(chords: tuple[SheetChord, ...], grid: Grid, number: int) -> list[Share]:
    """What was heard in a bar."""
    placed = [(c, *(grid.beat(t) / grid.beats_per_bar - number for t in (c.start, c.stop))) for c in chords]
    return [
        Share(max(start, 0.0), min(stop, 1.0), c.symbol, c.root, c.bass, c.pitches)
        for c, start, stop in placed
        if min(stop, 1.0) - max(start, 0.0) > EDGE
    ]


def _laid_out(
    bars: list[list[Share]], grids: tuple[Grid, ...], first: float, begin: float, end: float
) -> tuple[SheetChord, ...]:
    """Bars over and over, from the bar line at second ``first`` on, as far as they lie between two moments."""
    chords = []
    for count, (grid, number) in enumerate(bars_of(grids, first, end) if bars else ()):
        for share in bars[count % len(bars)]:
            on, off = start(grid, number + share.start), start(grid, number + share.stop)
            if off > begin:
                chords.append(SheetChord(max(on, begin), off, share.symbol, share.root, share.bass, share.pitches))
    return tuple(chords)
