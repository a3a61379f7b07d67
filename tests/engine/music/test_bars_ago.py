"""Where some bars ago was, and what the sheet tells of it."""

import numpy as np

from engine.music.bars_ago import BARS, as_told, bars_ago
from engine.music.leadsheet import Grid, LeadSheet, SheetChord, SheetSection

C, G = (SheetChord(at, at + 2.0, name, root, root, (root,)) for at, name, root in ((0.0, "C", 0), (2.0, "G", 7)))
SHEET = LeadSheet(
    grids=(Grid(120.0, 0.0, 4),),
    tonic=0,
    chords=(C, G, *(SheetChord(c.start + 4, c.stop + 4, c.symbol, c.root, c.bass, c.pitches) for c in (C, G))),
    sections=(SheetSection(0.0, 4.0, "A", 0.5), SheetSection(4.0, 8.0, "B", 0.5)),
)


def test_a_bar_is_as_long_as_the_grid_says():
    ago = bars_ago(SHEET, np.array([1.0, 5.5]))
    assert ago[..., 0].tolist() == [[2.0 * bars for bars in BARS]] * 2
    waltz = LeadSheet(grids=(Grid(120.0, 0.0, 4), Grid(90.0, 8.0, 3)))
    assert bars_ago(waltz, np.array([7.0, 9.0]))[:, 0, 0].tolist() == [2.0, 2.0]
    assert bars_ago(waltz, np.array([9.0]))[0, 3, 0] == 16.0


def test_without_a_beat_nothing_is_known():
    assert np.isnan(bars_ago(LeadSheet(tonic=3), np.array([1.0, 2.0]))[..., 0]).all()


def test_chords_and_sections_are_compared_with_those_of_then():
    one, two, four, eight = bars_ago(SHEET, np.array([5.0]))[0]
    assert (one[1], two[1]) == (-1.0, 1.0), "G a bar ago, C two bars ago"
    assert (one[2], two[2]) == (-1.0, -1.0), "the section began a second ago"
    assert (four[1], eight[1], eight[2]) == (0.0, 0.0, 0.0), "before the song"
    assert bars_ago(SHEET, np.array([7.0]))[0, 0, 2] == 1.0


def test_what_a_sheet_does_not_tell_is_not_told_of_then_either():
    moments = np.array([5.0, 6.5])
    features, ago = SHEET.features(moments), bars_ago(SHEET, moments)
    features[0, 0] = 0
    left = as_told(ago, features)
    assert np.isnan(left[0, :, 0]).all() and np.array_equal(left[1], ago[1])
    chords = as_told(ago, np.zeros_like(features))
    assert not chords[..., 1:].any() and not np.array_equal(ago[..., 1:], chords[..., 1:])
