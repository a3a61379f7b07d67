"""From a composed song to what the model is told in training."""

from itertools import accumulate

import numpy as np
import pytest

from engine.music.bars_ago import BARS, FIELDS
from engine.music.leadsheet import FAMILIES, FEATURES, GROUPS, SECTIONS, STYLES
from engine.train.compose import compose
from engine.train.compose.form import FORMS
from engine.train.compose.styles import STYLES as COMPOSED
from engine.train.labels import GRID_JITTER, as_heard, forget, forget_bars, later, sheet_of

SONG = compose(5)
BORDERS = list(accumulate(GROUPS.values()))


def groups(features):
    """The features split into their groups."""
    return np.split(features, BORDERS[:-1], axis=1)


def test_every_style_and_section_that_is_composed_can_be_told():
    assert {style.name for style in COMPOSED} == set(STYLES)
    assert {name for form in FORMS for name in form} == set(SECTIONS)


def test_the_sheet_of_a_song_says_what_the_song_does():
    sheet = sheet_of(SONG.labels())
    (grid,) = sheet.grids
    assert np.allclose(grid.beat(np.array(SONG.beats)), np.arange(len(SONG.beats)), atol=1e-3)
    assert [c.symbol for c in sheet.chords] == [c.symbol for c in SONG.chords]
    assert (sheet.tonic, sheet.mode, sheet.style) == (SONG.tonic, SONG.mode, SONG.style)
    assert len(sheet.families) <= len(SONG.instruments) and max(sheet.families) < FAMILIES
    assert sheet.features(np.array([SONG.chords[3].start + 0.1])).shape == (1, FEATURES)


def test_labels_that_are_missing_stay_unknown():
    told = groups(sheet_of({"tempo": 120.0, "tonic": 0, "mode": "major"}).features(np.zeros(1)))
    assert [bool(group.any()) for group in told] == [False, False, True, False, False]


def test_a_sheet_moved_in_time_tells_the_same_later():
    sheet, moments = sheet_of(SONG.labels()), np.linspace(3, 20, 50)
    assert np.allclose(later(sheet, -8.0).features(moments - 8), sheet.features(moments), atol=1e-5)


def test_an_ear_is_a_little_off():
    sheet, random = sheet_of(SONG.labels()), np.random.default_rng(0)
    heard = [as_heard(sheet, random) for _ in range(200)]
    assert np.std([each.grids[0].downbeat for each in heard]) == pytest.approx(GRID_JITTER, rel=0.2)
    assert {each.mode for each in heard} <= {SONG.mode, "major", "minor"}


def test_parts_are_forgotten_wholly_for_a_stretch_or_not_at_all():
    random, whole = np.random.default_rng(1), np.ones((100, FEATURES), np.float32)
    told = [[group[:, 0].mean() for group in groups(forget(whole, random))] for _ in range(600)]
    shares = np.array(told)
    assert 0.3 < (shares == 0).mean() < 0.45 and 0.25 < (shares == 1).mean() < 0.45
    free = (shares == 0).all(1).mean()
    assert 0.1 < free < 0.25, "some crops are told nothing, so that the model can go without"
    assert all((group == group[:, :1]).all() for group in groups(forget(whole, random))), "a group goes as one"


def test_places_some_bars_ago_are_forgotten_one_by_one_all_together_and_with_the_beat():
    random, ago = np.random.default_rng(2), np.ones((50, len(BARS), FIELDS), np.float32)
    whole = np.ones((50, FEATURES), np.float32)
    known = np.array([~np.isnan(forget_bars(ago, whole, random)[..., 0]) for _ in range(500)])
    assert (known == known[:, :1]).all(), "from end to end"
    assert 0.1 < (~known).all((1, 2)).mean() < 0.2 and 0.6 < known.mean() < 0.75
    whole[:20, 0] = 0
    assert np.isnan(forget_bars(ago, whole, random)[:20, :, 0]).all()
    assert not np.isnan(ago).any(), "the lesson itself stays"
