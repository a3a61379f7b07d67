"""Spans, ruler labels and waveform pictures, checked against what they should show."""

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from calm_studio import state as states
from calm_studio import theme
from calm_studio.timeline.automation import HEAD, HEIGHT, Automation
from calm_studio.timeline.columns import columns_image, joined
from calm_studio.timeline.ruler import label, step_for
from calm_studio.timeline.span import SHORTEST, Span
from calm_studio.timeline.take_lane import TakeLane
from calm_studio.timeline.take_words import describe
from calm_studio.timeline.waveform import Waveform
from calm_studio.values import Lane
from engine.controls import Controls
from engine.events import TakeGrew
from engine.peaks import PeakPyramid
from tests.calm_studio.fakes import a_take
from tests.engine.fakes import tone


def test_pixels_and_seconds_are_inverse():
    span = Span(2.0, 6.0)
    assert span.x(3.0, 400) == 100
    assert span.time(100, 400) == 3.0


def test_zoom_keeps_the_second_under_the_pointer():
    span = Span(0.0, 40.0)
    closer = span.zoomed(0.5, at=10.0, end=40.0)
    assert closer.seconds == 20.0
    assert closer.x(10.0, 800) == span.x(10.0, 800)


def test_zoom_and_pan_stay_within_the_timeline():
    assert Span(0.0, 40.0).zoomed(8.0, at=10.0, end=40.0) == Span(0.0, 40.0)
    assert Span(5.0, 6.0).zoomed(1e-9, at=5.5, end=40.0).seconds == pytest.approx(SHORTEST)
    assert Span(30.0, 38.0).panned(20.0, end=40.0) == Span(32.0, 40.0)
    assert Span(3.0, 8.0).panned(-20.0, end=40.0) == Span(0.0, 5.0)


@pytest.mark.parametrize(("seconds", "step"), [(36.0, 2), (10.0, 0.5), (600.0, 30), (0.02, 0.001)])
def test_ruler_steps_are_round_and_readable(seconds, step):
    assert step_for(Span(0.0, seconds), 920) == step


@pytest.mark.parametrize(
    ("seconds", "step", "text"),
    [(4.0, 2, "4s"), (0.5, 0.5, "0.5s"), (0.012, 0.002, "0.012s"), (62.0, 2, "1:02"), (61.5, 0.5, "1:01.5")],
)
def test_ruler_labels(seconds, step, text):
    assert label(seconds, step) == text


def alpha(image: QImage) -> np.ndarray:
    """(height, width) of 0..255."""
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[..., 3].copy()  # the image, and its memory, ends here


def test_a_column_is_as_high_as_its_peaks_and_has_its_colour():
    columns = np.array([[[-1.0, 1.0], [0.0, 0.5], [0.0, 0.0], [0.0, 0.01], [-2.0, 2.0]]])
    image = columns_image(columns, 100, QColor(255, 80, 0))
    covered = alpha(image).sum(axis=0) / 255
    assert covered == pytest.approx([94.0, 23.5, 1.0, 1.0, 100.0], abs=0.1)
    assert image.pixelColor(0, 50) == QColor(255, 80, 0)
    assert image.pixelColor(1, 40) == QColor(255, 80, 0)
    assert alpha(image)[60, 1] == 0, "nothing lies below the middle of a column that is above zero"


def test_a_bar_within_one_pixel_covers_a_part_of_two_at_most():
    image = alpha(columns_image(np.array([[[0.005, 0.006]]]), 101, QColor(255, 255, 255)))
    assert image.sum() == pytest.approx(255, abs=2)
    assert set(np.flatnonzero(image[:, 0])) <= {49, 50, 51}


def test_channels_are_drawn_below_each_other():
    columns = np.zeros((2, 4, 2))
    columns[1] = (-1.0, 1.0)
    rows = alpha(columns_image(columns, 80, QColor(255, 255, 255))).sum(axis=1)
    assert np.count_nonzero(rows[:40]) == 2
    assert np.count_nonzero(rows[40:]) >= 38


def test_joined_columns_touch():
    columns = np.array([[[0.0, 0.1], [0.5, 0.6], [-0.4, -0.3]]])
    assert joined(columns).tolist() == [[[0.0, 0.1], [0.1, 0.6], [-0.4, 0.5]]]


def drawn(waveform: Waveform, span: Span, written: int, cut: int) -> QImage:
    image = QImage(400, 100, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    waveform.draw(painter, QRect(0, 0, 400, 100), span, written, (cut,), folded=True)
    painter.end()
    return image


def test_a_growing_waveform_looks_like_one_drawn_at_once(dressed):
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 40_000)).astype(np.float32)
    peaks = PeakPyramid(2)
    growing = Waveform(peaks, 1000, 0.0, ("RED", "GREEN"))
    for start in range(0, 40_000, 1234):
        peaks.append(samples[:, start : start + 1234])
        picture = drawn(growing, Span(0.0, 50.0), peaks.length, 10_000)
    at_once = drawn(Waveform(peaks, 1000, 0.0, ("RED", "GREEN")), Span(0.0, 50.0), 40_000, 10_000)
    difference = np.abs(alpha(picture).astype(int) - alpha(at_once))
    assert (difference > 60).mean() < 0.01
    columns = np.flatnonzero(alpha(picture).any(axis=0))
    assert (columns[0], columns[-1]) == (0, 319), "40 of 50 seconds are 320 of 400 pixels"
    assert picture.pixelColor(79, 50).name() == theme.RED
    assert picture.pixelColor(80, 50).name() == theme.GREEN


@pytest.mark.parametrize("span", [Span(5.0, 5.02), Span(39.99, 40.01), Span(45.0, 46.0), Span(0.0, 0.02)])
def test_any_part_of_a_waveform_can_be_drawn(dressed, span):
    peaks = PeakPyramid(1)
    peaks.append(tone(40.0, 8_000, channels=1))
    picture = drawn(Waveform(peaks, 8_000, 0.0, ("RED", "RED")), span, peaks.length, peaks.length)
    assert alpha(picture).any() == (span.start < 40.0)


@pytest.mark.parametrize("rect", [QRect(0, 0, 0, 50), QRect(0, 26, 400, -8)])
def test_where_there_is_no_room_nothing_is_drawn(dressed, rect):
    peaks = PeakPyramid(1)
    peaks.append(tone(1.0, 8_000, channels=1))
    image = QImage(400, 100, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    Waveform(peaks, 8_000, 0.0, ("RED", "RED")).draw(painter, rect, Span(0.0, 1.0), 8_000, (), folded=True)
    painter.end()
    assert not alpha(image).any()


def test_a_waveform_lies_at_its_offset(dressed):
    peaks = PeakPyramid(1)
    peaks.append(tone(1.0, 8_000, channels=1))
    picture = drawn(Waveform(peaks, 8_000, 2.0, ("RED", "RED")), Span(0.0, 4.0), 8_000, 8_000)
    columns = np.flatnonzero(alpha(picture).any(axis=0))
    assert (columns[0], columns[-1]) == (200, 299)


def grown_lane() -> Lane:
    """Ten frames, the temperature moved at the fifth."""
    take = a_take()
    for frame in range(10):
        take.history.record(frame, Controls(temperature=0.8 if frame < 5 else 1.2))
        take.append(tone(0.04))
    return Lane("Take A", take, TakeGrew(1, 9, take.written, Controls(temperature=1.2), 4.0))


def test_the_strips_of_steps_and_following_are_there_once_those_were_moved(qtbot, dressed):
    strips = Automation()
    qtbot.addWidget(strips)
    lane = grown_lane()
    strips.show_lane(lane)
    strips.show()
    assert strips.temperature.isVisible() and not strips.steps.isVisible() and not strips.follow.isVisible()
    assert strips.height() == HEIGHT + HEAD, "the others can be asked for"
    lane.take.history.record(9, Controls(temperature=1.2, steps=2))
    strips.show_lane(lane)
    assert strips.steps.isVisible() and not strips.follow.isVisible()
    assert 2 * HEIGHT <= strips.height() < 3 * HEIGHT
    lane.take.history.record(9, Controls(temperature=1.2, follow=0.0, harmony=2.0, recall=0.5))
    strips.show_lane(lane)
    assert all(strip.isVisible() for strip in (strips.follow, strips.harmony, strips.recall))
    assert strips.height() > 3 * HEIGHT


def test_the_header_of_a_take_says_how_it_was_made():
    lane = grown_lane()
    assert "4-step · temp 0.80→1.20 · seed 7 · generating…" in describe(lane, "#fff")
    lane.take.state = "stopped"
    assert describe(lane, "#fff").endswith("stopped")


def test_only_what_was_written_since_is_painted_again(qtbot, dressed):
    lane = states.Lane("Take A", a_take(seconds=9.0))
    widget = TakeLane(lane)
    qtbot.addWidget(widget)
    widget.resize(1000, 200)
    widget.show_span(Span(0.0, 10.0))
    painted = []
    widget.paintEvent = lambda event: painted.append(event.rect())
    widget.show()
    qtbot.waitUntil(lambda: bool(painted))
    qtbot.wait(50)
    painted.clear()
    lane.take.append(tone(0.5))
    widget.refresh()
    qtbot.waitUntil(lambda: bool(painted))
    assert painted[0].left() >= 97
    assert painted[0].right() <= 150 + 120
    painted.clear()
    widget.refresh()
    qtbot.wait(20)
    assert not painted
