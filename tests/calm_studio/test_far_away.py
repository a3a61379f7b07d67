"""At the closest zoom what is not in view can lie billions of pixels away, farther than Qt can count."""

import pytest

from calm_studio.timeline.span import FARTHEST, SHORTEST, Span
from calm_studio.timeline.take_lane import TakeLane
from calm_studio.values import Branch, Lane
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import tone

WIDTH = 3840
"""Pixels of a large screen."""


@pytest.fixture
def lane(qtbot, dressed):
    """Half a second generated after ten minutes, and the first samples of these in view."""
    branch = Branch(None, "Take A", 1, seconds=601.0, offset=600.0)
    take = a_take(seconds=3.0)
    widget = TakeLane(Lane("Take B", take, branch=branch))
    qtbot.addWidget(widget)
    widget.resize(WIDTH, 220)
    widget.show_span(Span(0.0, SHORTEST))
    return widget


def test_no_pixel_is_farther_away_than_that():
    span = Span(0.0, SHORTEST)
    assert span.x(600.0, WIDTH) == FARTHEST and Span(600.0, 600.0 + SHORTEST).x(0.0, WIDTH) == -FARTHEST
    assert span.x(SHORTEST / 4, WIDTH) == WIDTH / 4
    assert FARTHEST + WIDTH < 2**31


def test_what_grows_far_behind_the_view_and_a_cursor_in_it_are_no_errors(lane):
    lane.take.append(tone(0.5))
    lane.refresh()
    lane.show_cursor(602.0)
    lane.show_cursor(0.0)
    assert not lane.grab().isNull()
