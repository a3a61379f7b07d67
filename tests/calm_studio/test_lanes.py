"""Lanes are looked at: grabbed as pictures, in which colours lie where sound and marks should be."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest

from calm_studio import state as states
from calm_studio import theme
from calm_studio.timeline.lane import HEADER
from calm_studio.timeline.prompt_lane import PromptLane
from calm_studio.timeline.ruler import Ruler
from calm_studio.timeline.span import Span
from calm_studio.timeline.take_lane import TakeLane
from calm_studio.timeline.time_drag import TimeDrag
from calm_studio.values import Lane, Marks, Selection, State
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import a_prompt, tone


def where(widget, colour: str) -> np.ndarray:
    """The columns between header and border in which `colour` is seen."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) & 0xFFFFFF
    return np.flatnonzero((pixels[HEADER:-3] == QColor(colour).rgb() & 0xFFFFFF).any(axis=0))


@pytest.fixture
def lane(qtbot, dressed):
    """One second of prompt and half a second generated, on a ruler of four seconds, 400 pixels wide."""
    take = a_take(seconds=3.0)
    take.append(tone(0.5))
    widget = TakeLane(Lane("Take A", take))
    qtbot.addWidget(widget)
    widget.set_lit(True)
    widget.resize(400, 220)
    widget.show_span(Span(0.0, 4.0))
    return widget


@pytest.fixture
def prompt_lane(qtbot, dressed):
    """A clip of four seconds, of which 1 to 3 are used, on a ruler of eight seconds, 800 pixels wide."""
    widget = PromptLane()
    qtbot.addWidget(widget)
    state = states.trim(states.add_clip(State(), states.clip_of(a_prompt(4.0))), 1.0, 3.0)
    widget.set_lit(True)
    widget.show_clip(state.clip, planned=5.0)
    widget.resize(800, 220)
    widget.show_span(Span(0.0, 8.0))
    widget.show()
    return widget


def test_the_prompt_is_teal_and_what_was_generated_amber(lane):
    teal, amber = where(lane, theme.TEAL_WAVE), where(lane, theme.AMBER_WAVE)
    assert (teal.min(), teal.max()) == pytest.approx((0, 99), abs=2)
    assert (amber.min(), amber.max()) == pytest.approx((100, 149), abs=2)


def test_the_edge_is_marked_while_it_is_written(lane):
    def edge() -> np.ndarray:
        columns = where(lane, theme.AMBER)
        return columns[(5 < columns) & (columns < 158)]

    assert 150 in edge()
    lane.take.state = "stopped"
    lane.refresh()
    assert not edge().size


def test_an_unselected_take_is_dim_and_small(lane):
    lane.set_lit(False)
    assert lane.maximumHeight() < 100
    assert not where(lane, theme.AMBER_WAVE).size
    assert not where(lane, theme.TEAL_GROUND).size


def test_the_cursor_is_drawn_over_the_waveform_and_can_be_taken_away(lane):
    lane.show_cursor(2.0)
    assert 200 in where(lane, "#ffffff")
    lane.show_cursor(None)
    assert not where(lane, "#ffffff").size


def test_only_the_used_part_of_a_prompt_is_bright(prompt_lane):
    bright = where(prompt_lane, theme.TEAL_WAVE)
    assert (bright.min(), bright.max()) == pytest.approx((100, 299), abs=3)


@pytest.mark.parametrize(
    ("grab", "to", "start", "stop"),
    [(100, 150, 1.5, 3.0), (300, 380, 1.0, 3.8), (104, 104, 1.04, 3.0)],
)
def test_edges_follow_the_mouse_from_wherever_they_were_taken_hold_of(prompt_lane, grab, to, start, stop):
    asked = []
    prompt_lane.trimmed.connect(lambda *span: asked.append(span))
    QTest.mousePress(prompt_lane, Qt.MouseButton.LeftButton, pos=QPoint(grab, 100))
    QTest.mouseMove(prompt_lane, QPoint(to, 100))
    QTest.mouseRelease(prompt_lane, Qt.MouseButton.LeftButton, pos=QPoint(to, 100))
    QTest.mouseMove(prompt_lane, QPoint(to + 50, 100))
    assert asked[-1] == pytest.approx((start, stop))


def test_the_mouse_shows_that_an_edge_can_be_taken(prompt_lane):
    QTest.mouseMove(prompt_lane, QPoint(301, 100))
    assert prompt_lane.cursor().shape() == Qt.CursorShape.SizeHorCursor
    QTest.mouseMove(prompt_lane, QPoint(200, 100))
    assert prompt_lane.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_a_click_between_the_edges_moves_the_cursor_and_trims_nothing(prompt_lane):
    sought, trimmed = [], []
    prompt_lane.sought.connect(sought.append)
    prompt_lane.trimmed.connect(lambda *span: trimmed.append(span))
    QTest.mouseClick(prompt_lane, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert sought == [2.0]
    assert not trimmed


def test_the_ruler_seeks(qtbot, dressed):
    ruler = Ruler()
    qtbot.addWidget(ruler)
    ruler.resize(400, 30)
    ruler.show_span(Span(2.0, 6.0))
    sought = []
    ruler.sought.connect(sought.append)
    QTest.mouseClick(ruler, Qt.MouseButton.LeftButton, pos=QPoint(100, 10))
    assert sought == [3.0]


def test_what_is_taken_back_is_gone_and_what_is_written_anew_is_seen(lane):
    """Steering: the take goes back to where it is not heard yet, and on from there with other controls."""
    assert where(lane, theme.AMBER_WAVE).max() == pytest.approx(149, abs=2)
    high = height(lane, 130)
    lane.take.rewind(0)
    lane.refresh()
    assert not where(lane, theme.AMBER_WAVE).size
    lane.take.append(0.1 * tone(0.5))
    lane.refresh()
    assert where(lane, theme.AMBER_WAVE).max() == pytest.approx(149, abs=2)
    assert height(lane, 130) < high / 3


def height(lane, x: int) -> int:
    """Pixels of the waveform in one column."""
    image = lane.grab().toImage()
    colour = QColor(theme.AMBER_WAVE)
    return sum(image.pixelColor(x, y) == colour for y in range(HEADER, image.height()))


def test_a_selection_lies_where_it_is_and_says_how_long_it_is(lane):
    before = lane.grab().toImage()
    lane.show_selection(Selection(2.0, 3.0), "1.00 s")
    edges = where(lane, theme.BLUE)
    assert {200, 300} <= set(edges.tolist())
    after = lane.grab().toImage()
    assert before.pixelColor(250, 150) != after.pixelColor(250, 150)
    assert before.pixelColor(350, 150) == after.pixelColor(350, 150)
    lane.show_selection(None, "")
    assert not where(lane, theme.BLUE).size


def test_notes_are_read_in_the_selected_lane(lane):
    before = where(lane, theme.MUTED).size
    lane.show_lane(Lane("Take A", lane.take, marks=Marks(notes="more bass in the second half")))
    assert where(lane, theme.MUTED).size > before + 5


def test_a_drag_begins_after_a_few_pixels_and_ends():
    drag = TimeDrag()
    assert drag.span(10, 1.0) is None
    drag.begin(10, 1.0)
    assert drag.span(12, 1.2) is None
    assert drag.span(20, 2.0) == (1.0, 2.0)
    assert drag.span(11, 1.1) == (1.0, 1.1), "once it is far it stays a drag"
    drag.end()
    assert drag.span(20, 2.0) is None
    drag.begin(10, 5.0, at_once=True)
    assert drag.span(10, 1.0) == (5.0, 1.0)
