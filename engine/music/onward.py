"""The lead sheet of a take that is told something else from some moment on; what it was told until there stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.music.bar_lines import line_after
from engine.music.follow import Wishes, ahead, first_grids, heard_chords, heard_key, is_sure
from engine.music.heard import Heard
from engine.music.leadsheet import Grid, LeadSheet

_HAIR = 1e-6  # seconds


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

    Another tempo takes over at the first bar line from there on. A chart is where it would be had it been there from
    the cut on: it counts its bars from the first line after the cut. What else was told stays.
    """
    grids = _grids(old, heard, wishes, cut, at)
    known = heard_chords(heard, cut)
    before = known if old is None else old.chords
    kept = tuple(replace(each, stop=min(each.stop, at)) for each in before if each.start < at - _HAIR)
    tonic, mode = heard_key(heard)
    chords = kept + ahead(grids, known, cut, at, end, wishes.chords)
    return replace(old or LeadSheet(), grids=grids, tonic=tonic, mode=mode, chords=chords)


def _grids(old: LeadSheet | None, heard: Heard, wishes: Wishes, cut: float, at: float) -> tuple[Grid, ...]:
    grids = old.grids if old is not None and old.grids else first_grids(heard, cut, Wishes())
    if not grids:
        return first_grids(heard, at, wishes)
    kept = (grids[0], *(grid for grid in grids[1:] if grid.downbeat < at - _HAIR))
    wanted = wishes.tempo or (heard.tempo if is_sure(heard) else None)
    if wanted in (None, kept[-1].tempo):
        return kept
    return *kept, Grid(wanted, line_after(kept, at), kept[-1].beats_per_bar)
