"""Form: `A 8 | break 4 | B 8` to the sections of a lead sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from engine.errors import CalmError
from engine.music.bar_lines import bars_of, start
from engine.music.leadsheet import SECTIONS, Grid, LeadSheet, SheetSection

USUAL_ENERGY = {"intro": 0.3, "A": 0.6, "B": 0.85, "C": 0.7, "break": 0.4, "ending": 0.5}
"""Of each section of the songs that the model learned from."""
MOST_BARS = 999
_NAMES = {name.lower(): name for name in SECTIONS}
_JUST_BEFORE = 1e-3  # seconds


@dataclass(frozen=True)
class Part:
    """A section of so many `bars`, None: to the end; `energy` from 0 to 1."""

    name: str
    bars: int | None
    energy: float


def parse_form(text: str) -> tuple[Part, ...]:
    """Sections, parted by `|` or by ends of lines: a name of SECTIONS, how many bars it has, and how full it is in
    percent, where that is not as usual: `break 4 20%`. Only the last may be without a number: it lasts.

    Raises CalmError naming what cannot be read.
    """
    parts = [_part(words) for written in text.replace("\n", "|").split("|") if (words := written.split())]
    if not parts:
        raise CalmError("The form holds no sections", "Write sections with | between them, such as A 8 | break 4 | B 8")
    for part in parts[:-1]:
        if part.bars is None:
            advice = f"Say how many bars {part.name} has, such as {part.name} 4"
            raise CalmError(f"Nothing can follow {part.name}, which lasts to the end", advice)
    return tuple(parts)


def _part(words: list[str]) -> Part:
    """One section, of its words."""
    name, *others = words
    if name.lower() not in _NAMES:
        raise CalmError(f"There is no section called {name!r}", f"Use {', '.join(SECTIONS)}")
    name, bars, energy = _NAMES[name.lower()], None, None
    for word in others:
        number = word.removesuffix("%")
        percent = word != number
        known, most = (energy, 100) if percent else (bars, MOST_BARS)
        if known is not None or not number.isdecimal() or not (0 if percent else 1) <= int(number) <= most:
            raise CalmError(f"{word!r} after {name} cannot be read", f"Write bars and energy, such as {name} 4 80%")
        if percent:
            energy = int(number) / 100
        else:
            bars = int(number)
    return Part(name, bars, USUAL_ENERGY[name] if energy is None else energy)


def sections_ahead(
    form: str, grids: tuple[Grid, ...], first: float, begin: float, end: float
) -> tuple[SheetSection, ...]:
    """The sections of a form between two moments after the cut, its first bar at the bar line at second ``first``;
    after its last bar nothing is told."""
    lines, sections = _lines(grids, first, end), []
    on = next(lines, end)
    for part in parse_form(form):
        off = end if part.bars is None else next(islice(lines, part.bars - 1, None), end)
        if max(on, begin) < off:
            sections.append(SheetSection(max(on, begin), off, part.name, part.energy))
        on = off
    return tuple(sections)


def as_one(sections: tuple[SheetSection, ...]) -> tuple[SheetSection, ...]:
    """The same, what goes on as it was no new section."""
    whole: list[SheetSection] = []
    for section in sections:
        last = whole[-1] if whole else None
        if last and (last.stop, last.name, last.energy) == (section.start, section.name, section.energy):
            whole[-1] = replace(last, stop=section.stop)
        else:
            whole.append(section)
    return tuple(whole)


def _lines(grids: tuple[Grid, ...], first: float, end: float) -> Iterator[float]:
    """The seconds of the bar lines between two moments."""
    return (start(grid, bar) for grid, bar in bars_of(grids, first, end))


def more_energy(sheet: LeadSheet, cut: float, seconds: np.ndarray) -> np.ndarray:
    """(T,) by how much more energy a sheet tells of the moments ``seconds`` (T,) after the cut than just before it, or
    where it tells none of that than an A has, as most music does; 0 where it tells nothing of them."""
    before = sheet.energy(np.array([cut - _JUST_BEFORE]))[0]
    return np.nan_to_num(sheet.energy(seconds) - (USUAL_ENERGY["A"] if np.isnan(before) else before))
