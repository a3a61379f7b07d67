"""Forms: read, laid out in bars, and how much energy they tell of."""

import numpy as np
import pytest

from engine.errors import CalmError
from engine.music.follow import NO_CHORDS, Wishes, follow
from engine.music.form import Part, as_one, more_energy, parse_form, sections_ahead
from engine.music.leadsheet import SECTIONS, Grid, LeadSheet, SheetSection
from engine.music.onward import onward
from tests.engine.music.test_follow import heard

GRIDS = (Grid(120.0, 1.0, 4),)  # a bar is 2 s
SONG = heard("C", "Am", "F", "G")  # its last bar ends at 8 s


def spans(sections):
    return [(section.name, section.start, section.stop) for section in sections]


def test_sections_are_names_bars_and_energies():
    assert parse_form("A 8 | BREAK 4 20% | b 100% 8\nending") == (
        Part("A", 8, 0.6),
        Part("break", 4, 0.2),
        Part("B", 8, 1.0),
        Part("ending", None, 0.5),
    )
    assert [part.name for part in parse_form(" | ".join(f"{name} 1" for name in SECTIONS))] == list(SECTIONS)
    assert parse_form("| break |") == (Part("break", None, 0.4),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("verse 4", "verse"),
        ("A 4 | 8", "'8'"),
        ("A 0", "'0' after A"),
        ("A -4", "'-4' after A"),
        ("A 4 8", "'8' after A"),
        ("A 50% 60%", "'60%' after A"),
        ("A 101%", "'101%' after A"),
        ("A 4.5", "'4.5' after A"),
        ("A ٤٤٤٤", "after A"),
        ("A ²", "after A"),
        ("A | B 4", "Nothing can follow A"),
        (" | \n", "no sections"),
    ],
)
def test_what_cannot_be_read_is_named(text, words):
    with pytest.raises(CalmError, match=words) as caught:
        parse_form(text)
    assert caught.value.advice
    with pytest.raises(CalmError, match=words):
        Wishes(form=text)


def test_sections_begin_at_bar_lines_and_the_last_lasts():
    assert spans(sections_ahead("A 2 | break 1 | B", GRIDS, 3.0, 2.5, 20.0)) == [
        ("A", 3.0, 7.0),
        ("break", 7.0, 9.0),
        ("B", 9.0, 20.0),
    ]
    assert spans(sections_ahead("A 2 | break 1", GRIDS, 3.0, 2.5, 20.0))[-1] == ("break", 7.0, 9.0), "then as it comes"
    assert spans(sections_ahead("A 2 | break 9", GRIDS, 3.0, 8.0, 12.0)) == [("break", 8.0, 12.0)], "what lies between"
    assert sections_ahead("A 2", GRIDS, 3.0, 8.0, 12.0) == ()
    assert sections_ahead("A 2 | B 2", GRIDS, 15.0, 10.0, 12.0) == (), "its first bar is not reached"


def test_bars_are_as_long_as_the_tempo_has_them():
    slower = (*GRIDS, Grid(60.0, 7.0, 4))  # from there on a bar is 4 s
    assert spans(sections_ahead("A 1 | B 3 | A", slower, 3.0, 3.0, 30.0)) == [
        ("A", 3.0, 5.0),
        ("B", 5.0, 15.0),
        ("A", 15.0, 30.0),
    ]


def test_a_form_is_told_from_the_first_bar_after_the_cut():
    sheet = follow(SONG, 7.0, 12.0, Wishes(form="break 2 | B"))
    assert spans(sheet.sections) == [("break", 8.0, 12.0), ("B", 12.0, 19.0)]
    assert sheet.chords == follow(SONG, 7.0, 12.0).chords, "the chords are as they were"
    assert follow(SONG, 7.0, 12.0, Wishes(chords=NO_CHORDS, form="break")).sections[0].name == "break"


def test_without_a_pulse_a_form_has_bars_as_a_chart_has():
    murmur = heard("C", confidence=0.1)
    assert follow(murmur, 2.0, 8.0).grids == ()
    sheet = follow(murmur, 2.0, 8.0, Wishes(form="A 1 | B"))
    assert sheet.grids[0].tempo == 120.0 and spans(sheet.sections) == [("A", 2.0, 4.0), ("B", 4.0, 10.0)]


def test_another_form_takes_over_and_what_goes_on_is_one_section():
    old = follow(SONG, 8.0, 12.0, Wishes(form="A 4 | B"))
    assert onward(old, SONG, Wishes(form="A 4 | B"), 8.0, 12.0, 20.0) == old
    live = onward(old, SONG, Wishes(form="break"), 8.0, 12.0, 20.0)
    assert spans(live.sections) == [("A", 8.0, 12.0), ("break", 12.0, 20.0)]
    assert spans(onward(live, SONG, Wishes(), 8.0, 14.0, 20.0).sections) == [("A", 8.0, 12.0), ("break", 12.0, 14.0)]
    louder = (SheetSection(0.0, 2.0, "A", 0.6), SheetSection(2.0, 4.0, "A", 0.8))
    assert as_one(louder) == louder


def test_energy_is_told_over_that_before_the_cut_or_over_that_of_an_a():
    sheet = LeadSheet(sections=(SheetSection(5.0, 8.0, "break", 0.4), SheetSection(8.0, 9.0, "B", 0.85)))
    moments = np.array([4.0, 5.0, 8.5, 10.0])
    assert more_energy(sheet, 4.0, moments) == pytest.approx([0, -0.2, 0.25, 0])
    assert more_energy(sheet, 6.0, moments) == pytest.approx([0, 0, 0.45, 0]), "the prompt is a break itself"
    assert not more_energy(LeadSheet(), 4.0, moments).any()


@pytest.mark.parametrize("energy", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_sheet_with_an_energy_that_there_is_not_is_refused(energy):
    with pytest.raises(CalmError, match="energy"):
        SheetSection(0.0, 1.0, "A", energy)
