"""The lead sheet of a continuation: the prompt's bars go on, or the user's do."""

import pytest

from engine.errors import CalmError
from engine.music.follow import Wishes, follow
from engine.music.heard import Heard, HeardChord, Key

NAMES = {"C": (0, (0, 4, 7)), "Am": (9, (0, 4, 9)), "F": (5, (0, 5, 9)), "G": (7, (2, 7, 11))}


def heard(*symbols, tempo=120.0, first_beat=0.0, confidence=0.9, key_confidence=0.9):
    """A chord a bar of four beats, from the first beat on."""
    beats = tuple(first_beat + beat * 60 / tempo for beat in range(4 * len(symbols) + 1))
    chords = tuple(
        HeardChord(beats[4 * bar], 240 / tempo, name, NAMES[name][0], NAMES[name][0], NAMES[name][1], confidence)
        for bar, name in enumerate(symbols)
    )
    return Heard(tempo, beats, 4, 0, confidence, Key(0, "major"), key_confidence, chords)


def written(sheet, after):
    return [(c.symbol, round(c.start, 3)) for c in sheet.chords if c.start >= after - 1e-6]


def test_four_bars_are_repeated_from_the_cut_on():
    sheet = follow(heard("C", "Am", "F", "G"), 8.0, 12.0)
    assert written(sheet, 8.0) == [("C", 8), ("Am", 10), ("F", 12), ("G", 14), ("C", 16), ("Am", 18)]
    assert (sheet.tonic, sheet.mode) == (0, "major") and sheet.grids[0].tempo == 120


def test_a_bar_that_the_cut_parts_is_ended_as_it_began():
    sheet = follow(heard("C", "Am", "F", "G"), 7.0, 8.0)
    assert written(sheet, 7.0) == [("G", 7), ("C", 8), ("Am", 10), ("F", 12), ("G", 14)]


def test_a_bar_of_which_too_little_was_heard_is_the_one_that_would_come_back():
    sheet = follow(heard("C", "Am", "F"), 4.5, 5.0)
    assert written(sheet, 4.5) == [("C", 4.5), ("Am", 6), ("C", 8)]
    assert max(c.stop for c in sheet.chords if c.symbol == "F") == 4.5


def test_the_end_of_a_bar_before_the_first_bar_line_counts_as_that_bar():
    song = heard("C", "Am", "F", "G", first_beat=-1.0)  # a prompt that begins inside the first bar
    assert written(follow(song, 7.0, 4.0), 7.0) == [("C", 7), ("Am", 9)]


@pytest.mark.parametrize(("bars", "after"), [(1, [("C", 4), ("C", 8)]), (3, [("C", 8), ("Am", 10), ("F", 12)])])
def test_an_odd_number_of_bars_is_made_even_by_a_free_one(bars, after):
    sheet = follow(heard(*["C", "Am", "F"][:bars]), 2.0 * bars, 8.0)
    assert written(sheet, 2.0 * bars) == after, "the bar at the cut is free"


def test_a_prompt_that_lies_in_one_bar_goes_on_in_it():
    sheet = follow(heard("C", first_beat=-0.5), 1.0, 4.0)
    assert written(sheet, 1.0) == [("C", 1.0), ("C", 3.5)]


def test_a_chart_begins_at_the_next_bar_line():
    sheet = follow(heard("C", "Am", "F"), 5.0, 7.0, Wishes(chords="Dm7 | G7 C | %"))
    assert written(sheet, 5.0) == [("Dm7", 6), ("G7", 8), ("C", 9), ("G7", 10), ("C", 11)]


def test_a_cut_just_after_a_bar_line_counts_as_on_it():
    assert written(follow(heard("C", "Am"), 4.1, 4.0, Wishes(chords="F | G")), 4.1)[0] == ("F", 4.1)


@pytest.mark.parametrize("wished", [121.0, 60.5, 240.0])
def test_a_tempo_close_to_the_one_heard_corrects_it(wished):
    (grid,) = follow(heard("C", "Am"), 4.0, 4.0, Wishes(tempo=wished)).grids
    assert grid.tempo == wished and grid.beat(4.0) % 4 == pytest.approx(0, abs=0.1) or grid.downbeat == 4.0


def test_another_tempo_takes_over_at_the_next_bar_line():
    before, after = follow(heard("C", "Am", "F"), 5.0, 8.0, Wishes(tempo=92.0)).grids
    assert (before.tempo, after.tempo, after.downbeat) == (120, 92, 6)


def test_what_was_not_surely_heard_is_not_told():
    sheet = follow(heard("C", "Am", confidence=0.3, key_confidence=0.3), 4.0, 4.0)
    assert not sheet.grids and not sheet.chords and sheet.tonic is None


def test_a_chart_without_a_pulse_brings_its_own_bars():
    sheet = follow(heard("C", confidence=0.1), 2.0, 8.0, Wishes(chords="F | G"))
    assert sheet.grids[0].tempo == 120 and written(sheet, 2.0) == [("F", 2), ("G", 4), ("F", 6), ("G", 8)]


@pytest.mark.parametrize("wrong", [{"tempo": 20.0}, {"tempo": 400.0}, {"chords": "Hm7"}])
def test_wishes_that_cannot_be_met_are_refused(wrong):
    with pytest.raises(CalmError):
        Wishes(**wrong)
