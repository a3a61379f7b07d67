"""Bars and beats on the ruler: those of the lead sheet, or as heard for sure."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from calm_studio import theme
from calm_studio.timeline.bars import Beat, Steady, bars_of, beats_between
from calm_studio.timeline.ruler import BARS, Ruler
from calm_studio.timeline.span import Span
from calm_studio.values import Lane, State
from engine.music.leadsheet import Grid, LeadSheet
from engine.take import Take
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import a_request

FOREVER = float("inf")
STEADY = Steady(0.5, 0.5, 4, 1, -FOREVER, FOREVER)


def with_sheet(*grids: Grid) -> State:
    take = Take(replace(a_request(8.0), sheet=LeadSheet(grids=grids)), 1)
    return State(lanes=(Lane("Take A", take),), chosen=take.id)


def test_nothing_is_known_of_nothing():
    assert bars_of(State()) == ()
    assert bars_of(State(lanes=(Lane("Take A", a_take()),), chosen=1)) == ()


def test_the_first_bar_that_begins_in_a_take_is_number_one():
    (steady,) = bars_of(with_sheet(Grid(120.0, 4.5, 4)))
    assert (steady.downbeat, steady.number) == (pytest.approx(0.5), 1)


def test_another_tempo_counts_on_from_its_own_downbeat():
    before, after = bars_of(with_sheet(Grid(120.0, 0.5, 4), Grid(60.0, 4.5, 4)))
    assert (before.stop, after.start, after.downbeat, after.number, after.beat) == (4.5, 4.5, 4.5, 3, 1.0)
    bars = [beat for beat in beats_between((before, after), 0.0, 12.0, 1200) if beat.begins]
    assert [(beat.seconds, beat.bar) for beat in bars] == [(0.5, 1), (2.5, 2), (4.5, 3), (8.5, 4)]


def test_what_was_heard_in_the_clip_is_shown_before_anything_is_written(grooving):
    (steady,) = bars_of(grooving.state)
    assert steady.beat == pytest.approx(0.5, rel=0.02)
    assert bars_of(replace(grooving.state, clip=replace(grooving.state.clip, heard=None))) == ()


def test_where_there_is_room_every_beat_is_shown_and_every_bar_numbered():
    beats = beats_between((STEADY,), 0.0, 4.0, 400)
    assert [beat.seconds for beat in beats] == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5])
    assert beats[1] == Beat(0.5, True, 1)
    assert beats[5] == Beat(2.5, True, 2)
    assert {beat.bar for beat in beats} == {None, 1, 2}, "what lies before the first has no number"


def test_farther_away_only_bars_are_shown_and_then_some_of_them():
    beats = beats_between((STEADY,), 0.0, 100.0, 1000)
    assert all(beat.begins for beat in beats)
    assert [beat.bar for beat in beats][:5] == [1, None, 3, None, 5]
    far = beats_between((STEADY,), 0.0, 600.0, 900)
    assert len(far) < 900 / 6
    assert all(beat.bar is not None for beat in far)


def test_the_ruler_shows_them_above_the_seconds(qtbot, dressed):
    ruler = Ruler()
    qtbot.addWidget(ruler)
    ruler.resize(400, ruler.height())
    ruler.show_span(Span(0.0, 4.0))

    def blue() -> np.ndarray:
        image = ruler.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) & 0xFFFFFF
        return np.flatnonzero((pixels[: BARS - 4] == QColor(theme.BLUE).rgb() & 0xFFFFFF).all(axis=0))

    assert not blue().size
    ruler.show_bars((STEADY,))
    assert blue().tolist() == [50, 250]
