"""The lead sheet of a take that is told something else from some moment on; what it was told until there stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from engine.music.bar_lines import line_after
from engine.music.follow import Wishes, ahead, first_grids, form_ahead, heard_chords, heard_key, is_sure
from engine.music.form import as_one
from engine.music.heard import Heard
from engine.music.leadsheet import Grid, LeadSheet, SheetChord, SheetSection

_HAIR = 1e-6  # seconds
Span = TypeVar("Span", SheetChord, SheetSection)


@dataclass(frozen=True, eq=False)
class SheetWish:
    """What is to be told from the next bar line on: what was `heard` in the prompt, or what is wished in its place.
    Times are from the prompt's start."""

    heard: Heard
    wishes: Wishes

    def sheet(self, old: LeadSheet | None, cut: float, at: float, end: float) -> LeadSheet:
        """The sheet that takes over from `old` at second `at`."""
        return onward(old, self.heard, self.wishes, cut, at, end)


def onward(old: LeadSheet | None, heard: Heard, wishes: Wishes, cut: float, at: float, end: float) -> LeadSheet:
    """As `engine.music.follow.follow` for a prompt of ``cut`` seconds, but until second ``at`` as in ``old``.

    Another tempo takes over at the first bar line from there on. Charts and forms are where they would be had they
    been there from the cut on: they count their bars from the first line after the cut. What else was told stays.
    """
    grids = _grids(old, heard, wishes, cut, at)
    known = heard_chords(heard, cut)
    tonic, mode = heard_key(heard)
    old = old or LeadSheet(chords=known)
    chords = _until(at, old.chords) + ahead(grids, known, cut, at, end, wishes.chords)
    sections = as_one(_until(at, old.sections) + form_ahead(grids, cut, at, end, wishes.form))
    return replace(old, grids=grids, tonic=tonic, mode=mode, chords=chords, sections=sections)


def _until(at: float, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """What lies before second `at`."""
    return tuple(replace(each, stop=min(each.stop, at)) for each in spans if each.start < at - _HAIR)


def _grids(old: LeadSheet | None, heard: Heard, wishes: Wishes, cut: float, at: float) -> tuple[Grid, ...]:
    grids = old.grids if old is not None and old.grids else first_grids(heard, cut, Wishes())
    if not grids:
        return first_grids(heard, at, wishes)
    kept = (grids[0], *(grid for grid in grids[1:] if grid.downbeat < at - _HAIR))
    wanted = wishes.tempo or (heard.tempo if is_sure(heard) else None)
    if wanted in (None, kept[-1].tempo):
        return kept
    return *kept, Grid(wanted, line_after(kept, at), kept[-1].beats_per_bar)
