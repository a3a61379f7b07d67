"""What is told from some moment on; what was told until there stays."""

import math
from dataclasses import replace

import pytest

from engine.music.bar_lines import bars_of, line_after, start
from engine.music.follow import NO_CHORDS, Wishes, follow
from engine.music.leadsheet import Grid
from engine.music.onward import SheetWish, onward
from tests.engine.music.test_follow import heard, written

SONG = heard("C", "Am", "F", "G")  # 120 bpm: a bar is 2 s
OLD = follow(SONG, 8.0, 12.0)


def lines(grids, first, end):
    return [round(start(grid, bar), 6) for grid, bar in bars_of(grids, first, end)]


def test_bars_are_counted_through_changes_of_tempo():
    grids = (Grid(120.0, 4.0, 4), Grid(60.0, 8.0, 4), Grid(120.0, 16.0, 2))
    assert lines(grids, 1.0, 20.0) == [2, 4, 6, 8, 12, 16, 17, 18, 19]
    assert lines(grids, 8.0, 8.1) == [8] and lines(grids, 12.1, 16.0) == []
    assert (line_after(grids, 8.5), line_after((), 8.5)) == (12, 8.5)
    assert line_after(grids, -3.0) == -2


def test_the_same_wishes_change_nothing():
    assert onward(OLD, SONG, Wishes(), 8.0, 12.0, 20.0) == OLD
    charted = follow(SONG, 8.0, 12.0, Wishes(chords="Dm7 | G7 C | %"))
    assert onward(charted, SONG, Wishes(chords="Dm7 | G7 C | %"), 8.0, 14.0, 20.0) == charted


def test_a_chart_takes_over_where_it_would_be():
    sheet = onward(OLD, SONG, Wishes(chords="Dm7 | G7 | Em"), 8.0, 12.0, 20.0)
    assert written(sheet, 8.0) == [("C", 8), ("Am", 10), ("Em", 12), ("Dm7", 14), ("G7", 16), ("Em", 18)]
    assert sheet.grids == OLD.grids


def test_another_tempo_takes_over_at_a_bar_line_and_the_chords_go_on_in_it():
    sheet = onward(OLD, SONG, Wishes(tempo=60.0), 8.0, 12.0, 20.0)
    assert [(grid.tempo, grid.downbeat) for grid in sheet.grids] == [(120.0, 8.0), (60.0, 12.0)]
    assert written(sheet, 8.0) == [("C", 8), ("Am", 10), ("F", 12), ("G", 16)]
    again = onward(sheet, SONG, Wishes(tempo=90.0), 8.0, 12.0, 20.0)
    assert [grid.tempo for grid in again.grids] == [120.0, 90.0], "the one that was to come is forgotten"
    back = onward(sheet, SONG, Wishes(), 8.0, 16.0, 20.0)
    assert [(grid.tempo, grid.downbeat) for grid in back.grids[1:]] == [(60.0, 12.0), (120.0, 16.0)]


def test_in_the_middle_of_a_bar_another_tempo_waits_for_the_next():
    sheet = onward(OLD, SONG, Wishes(tempo=60.0, chords="Dm7 | G7"), 8.0, 11.0, 20.0)
    assert [grid.downbeat for grid in sheet.grids] == [8.0, 12.0]
    assert written(sheet, 10.0) == [("Am", 10), ("G7", 11), ("Dm7", 12), ("G7", 16)]
    assert next(chord.stop for chord in sheet.chords if chord.start == 10.0) == 11.0


def test_from_free_to_following_and_back():
    wish = SheetWish(SONG, Wishes(chords="Dm7"))
    sheet = wish.sheet(None, 8.0, 12.0, 20.0)
    assert [chord.symbol for chord in sheet.chords[:5]] == ["C", "Am", "F", "G", "Dm7"]
    free = replace(wish, wishes=Wishes(chords=NO_CHORDS)).sheet(sheet, 8.0, 16.0, 20.0)
    assert (free.grids, free.tonic) == (sheet.grids, sheet.tonic)
    assert written(free, 12.0) == written(sheet, 12.0)[:2] and free.chords[-1].stop == 16.0


@pytest.mark.parametrize(("wishes", "grids"), [(Wishes(), []), (Wishes(chords="F"), [120.0]), (Wishes(90.0), [90.0])])
def test_without_a_pulse_there_are_bars_where_they_are_wished(wishes, grids):
    murmur = heard("C", confidence=0.1)
    sheet = onward(None, murmur, wishes, 2.0, 5.0, 9.0)
    assert [grid.tempo for grid in sheet.grids] == grids
    assert all(grid.downbeat == 5.0 for grid in sheet.grids) and not math.isnan(sum(c.start for c in sheet.chords))


def test_a_bar_that_was_there_goes_on_without_a_pulse():
    murmur = heard("C", confidence=0.1)
    old = follow(murmur, 2.0, 8.0, Wishes(chords="F | G"))
    assert onward(old, murmur, Wishes(), 2.0, 6.0, 10.0).grids == old.grids
