"""What the model is told of a moment: exactly what the sheet says of it, and zeros where it says nothing."""

import itertools

import numpy as np
import pytest

from engine.errors import CalmError
from engine.music.leadsheet import FEATURES, GROUPS, Grid, LeadSheet, SheetChord, SheetSection

DM7 = SheetChord(1.0, 2.0, "Dm7", 2, 2, (0, 2, 5, 9))
G_OVER_B = SheetChord(2.0, 3.0, "G/B", 7, 11, (2, 7, 11))
WHOLE = LeadSheet(
    grids=(Grid(120.0, 0.5, 4),),
    tonic=0,
    mode="dorian",
    chords=(DM7, G_OVER_B),
    sections=(SheetSection(0.0, 8.0, "B", 0.85),),
    style="funk",
    families=(4, 16),
)


def group(sheet, name, *moments):
    """The features (moments, width) of one group."""
    start = sum(width for other, width in itertools.takewhile(lambda item: item[0] != name, GROUPS.items()))
    return sheet.features(np.array(moments))[:, start : start + GROUPS[name]]


def test_an_empty_sheet_tells_nothing():
    told = LeadSheet().features(np.linspace(-1, 5, 20))
    assert told.shape == (20, FEATURES) and told.dtype == np.float32 and not told.any()


def test_every_group_begins_with_a_one_where_it_is_known():
    assert all(group(WHOLE, name, 1.5)[0, 0] == 1 for name in GROUPS)


def test_beats_and_bars_return_and_tempo_is_told_in_octaves():
    first, next_beat, next_bar = group(WHOLE, "beat", 0.6, 1.1, 2.6)
    assert np.allclose(first[:8], next_beat[:8], atol=1e-6)  # known, tempo, the beat's harmonics
    assert not np.allclose(first[8:], next_beat[8:]) and np.allclose(first, next_bar, atol=1e-6)
    assert first[1] == 0 and group(LeadSheet(grids=(Grid(240.0, 0, 4),)), "beat", 0)[0, 1] == 1


def test_a_grid_takes_over_at_its_downbeat():
    slow, fast = Grid(60.0, 0.0, 4), Grid(90.0, 4.0, 3)
    both = LeadSheet(grids=(slow, fast))
    moments = (-1.0, 3.9, 4.0, 7.3)
    expected = [
        group(LeadSheet(grids=(grid,)), "beat", at)[0]
        for grid, at in zip((slow, slow, fast, fast), moments, strict=True)
    ]
    assert np.array_equal(group(both, "beat", *moments), expected)


@pytest.mark.parametrize(("moment", "chord"), [(1.0, DM7), (1.99, DM7), (2.0, G_OVER_B)])
def test_the_chord_of_a_moment(moment, chord):
    told = group(WHOLE, "chord", moment)[0]
    assert [told[1:13].argmax(), told[13:25].argmax()] == [chord.root, chord.bass]
    assert tuple(np.flatnonzero(told[25:])) == chord.pitches and told.sum() == 3 + len(chord.pitches)


def test_before_between_and_after_chords_nothing_is_told():
    gap = LeadSheet(chords=(DM7, SheetChord(2.5, 3.0, "C", 0, 0, (0, 4, 7))))
    assert not group(gap, "chord", 0.99, 2.2, 3.0, 99.0).any()


def test_key_form_and_song():
    key, form, song = (group(WHOLE, name, 1.5)[0] for name in ("key", "form", "song"))
    assert key[1] == 1 and tuple(np.flatnonzero(key[13:])) == (0, 2, 3, 5, 7, 9, 10)
    assert form[1] == pytest.approx(0.85) and np.flatnonzero(form[2:]) == [2]
    assert song.sum() == 4  # known, the style, two families
    assert not group(WHOLE, "form", 8.0).any()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: SheetChord(0.0, 1.0, "X", 12, 0, (0,)),
        lambda: SheetSection(0.0, 1.0, "chorus", 0.5),
        lambda: Grid(0.0, 0.0, 4),
        lambda: LeadSheet(tonic=12),
        lambda: LeadSheet(mode="locrian"),
        lambda: LeadSheet(style="polka"),
        lambda: LeadSheet(families=(17,)),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(CalmError, match="makes no sense"):
        wrong()
