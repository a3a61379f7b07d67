"""What the lead-sheet lane shows: chords as they were heard before the cut, and chords and sections as they are told
after it. No Qt here."""

from dataclasses import dataclass

from calm_studio.requests import last_of
from calm_studio.timeline.frame_clock import clock_of
from calm_studio.values import Lane, State
from engine.errors import CalmError
from engine.music.bar_lines import bar_after, bars_of, start
from engine.music.chart import parse_chart, print_chart
from engine.music.follow import LOOPS, SURE, Wishes, follow
from engine.music.heard import Heard
from engine.music.leadsheet import Grid, LeadSheet, SheetChord

LONGEST = 80.0
"""Seconds: nine bars of the slowest music that is heard."""


@dataclass(frozen=True)
class ChordMark:
    """A chord between two seconds of the timeline; `confidence` as it was heard, None where it is told."""

    start: float
    stop: float
    symbol: str
    confidence: float | None

    @property
    def words(self) -> str:
        """For a tooltip."""
        if self.confidence is None:
            return f"{self.symbol}: told to the model"
        unsure = "" if self.confidence >= SURE else ", too little to be followed"
        return f"{self.symbol}: heard, {100 * self.confidence:.0f} % sure{unsure}"


@dataclass(frozen=True)
class SectionMark:
    """A section that is told between two seconds of the timeline; `energy` from 0 to 1."""

    start: float
    stop: float
    name: str
    energy: float

    @property
    def words(self) -> str:
        """For a tooltip."""
        return f"{self.name}, energy {100 * self.energy:.0f} %: told to the model"


@dataclass(frozen=True, eq=False)
class Song:
    """A prompt and what comes after its `cut`, until `stop`; times from the prompt's start, `offset` on the timeline.
    Of the `sheet` only what lies before `told_until` is told."""

    heard: Heard | None
    sheet: LeadSheet | None
    cut: float
    stop: float
    offset: float
    told_until: float

    @property
    def marks(self) -> tuple[ChordMark, ...]:
        heard = () if self.heard is None else self.heard.chords
        before = [(c.start, min(c.start + c.duration, self.cut), c.symbol, c.confidence) for c in heard]
        told = () if self.sheet is None else self.sheet.chords
        after = [(c.start, min(c.stop, self.told_until, self.stop), c.symbol, None) for c in told]
        shown = (*(each for each in before if each[0] < self.cut), *(each for each in after if each[0] >= self.cut))
        return tuple(ChordMark(self.offset + on, self.offset + off, *what) for on, off, *what in shown if on < off)

    @property
    def sections(self) -> tuple[SectionMark, ...]:
        told = () if self.sheet is None else self.sheet.sections
        spans = ((max(s.start, self.cut), min(s.stop, self.told_until, self.stop), s.name, s.energy) for s in told)
        return tuple(SectionMark(self.offset + on, self.offset + off, *what) for on, off, *what in spans if on < off)

    @property
    def first_line(self) -> float | None:
        """The second of the timeline at which a chart begins, None without bars."""
        grids = self._grids
        return self.offset + start(grids[0], bar_after(grids[0], self.cut)) if grids else None

    def bar_lines(self) -> list[float]:
        """The seconds of all bar lines from `first_line` on, and of the end of the last bar."""
        grids, first = self._grids, self.first_line
        if first is None:
            return []
        bars = list(bars_of(grids, first - self.offset, self.stop))
        last = [start(bars[-1][0], bars[-1][1] + 1)] if bars else []
        return [self.offset + each for each in (*(start(*bar) for bar in bars), *last)]

    @property
    def _grids(self) -> tuple:
        return () if self.sheet is None else self.sheet.grids


def song_of(state: State, wishes: Wishes, planned: float) -> Song | None:
    """The selected take, or else what Continue would write in `planned` seconds of the clip."""
    if state.lane is not None:
        return _written(state.lane)
    clip = state.clip
    if clip is None:
        return None
    cut = clip.stop - clip.start
    sheet = None if clip.heard is None else follow(clip.heard, cut, planned, wishes)
    return Song(clip.heard, sheet, cut, cut + planned, clip.start, cut + planned)


def _written(lane: Lane) -> Song:
    """As it was told, or as it is to be told when it is made once more."""
    take, changes, clock = lane.take, lane.sheets or lane.take.sheets.changes, clock_of(lane)
    cut, stop = take.cut / take.rate, take.samples.shape[1] / take.rate
    until = stop
    if changes[-1][1] is None and clock is not None:  # free from there on
        until = clock.seconds(changes[-1][0]) - lane.offset
    return Song(lane.heard, last_of(changes), cut, stop, lane.offset, until)


def chart_in_effect(song: Song | None, chart: str) -> str:
    """The chart that is written, or else the prompt's last bars, which are repeated, as one would write them; "" where
    there are none."""
    if chart or song is None or song.heard is None:
        return chart
    ahead = follow(song.heard, song.cut, LONGEST)
    return _written_out(ahead.chords, ahead.grids[0], bar_after(ahead.grids[0], song.cut)) if ahead.grids else ""


def _written_out(chords: tuple[SheetChord, ...], grid: Grid, first: int) -> str:
    """Eight bars of chords, or fewer that are repeated."""
    bars = []
    for bar in range(first, first + max(LOOPS)):
        on, off = start(grid, bar), start(grid, bar + 1)
        inside = [c.symbol for c in chords if c.start < off - 0.05 and c.stop > on + 0.05]
        bars.append(" ".join(dict.fromkeys(inside)) or "N.C.")
    if set(bars) == {"N.C."}:
        return ""
    size = next(size for size in reversed(LOOPS) if bars == bars[:size] * (len(bars) // size))
    return " | ".join(bars[:size])


def with_bar(chart: str, number: int, bar: str) -> str:
    """The chart with another bar in place of the one that bar `number` after the cut plays, wherever that is repeated.

    Raises CalmError for what cannot be read.
    """
    bars = list(parse_chart(chart))
    new = parse_chart(bar)
    if len(new) != 1:
        raise CalmError("That is more than one bar", "Write the chords of one bar, such as Dm7 G7")
    bars[number % len(bars)] = new[0]
    return print_chart(tuple(bars))


def bar_of(chart: str, number: int) -> str:
    """The chords of bar `number` after the cut."""
    bars = parse_chart(chart)
    return print_chart((bars[number % len(bars)],))
