"""The cached picture of a waveform: moved, grown and rewound, it looks as if it were drawn at once."""

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from calm_studio import theme
from calm_studio.timeline.span import Span
from calm_studio.timeline.waveform import Waveform
from engine.peaks import PeakPyramid

RATE = 1000
RED, GREEN = "RED", "GREEN"


def picture(waveform: Waveform, span: Span, written: int, cut: int = 10_000, folded: bool = True) -> np.ndarray:
    """(100, 400) of 0xAARRGGBB."""
    image = QImage(400, 100, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    waveform.draw(painter, QRect(0, 0, 400, 100), span, written, (cut,), folded)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint32).reshape(100, 400).copy()


def at_once(peaks: PeakPyramid, span: Span, written: int, offset: float = 0.0, folded: bool = True) -> np.ndarray:
    return picture(Waveform(peaks, RATE, offset, (RED, GREEN)), span, written, folded=folded)


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (2, round(seconds * RATE))).astype(np.float32)


def zigzag(count: int) -> np.ndarray:
    return np.tile([1.0, -1.0], (2, count // 2)).astype(np.float32)


@pytest.fixture
def peaks(dressed):
    """Forty seconds."""
    peaks = PeakPyramid(2)
    peaks.append(noise(40.0))
    return peaks


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """But for a column here and there whose peaks were asked for at another sample."""
    return ((one >> 24).astype(int) - (other >> 24).astype(int) != 0).any(axis=0).mean() < 0.02


@pytest.mark.parametrize("folded", [True, False])
def test_a_moved_view_looks_like_one_drawn_at_once(peaks, folded):
    waveform = Waveform(peaks, RATE, 0.0, (RED, GREEN))
    for start in (0.0, 3.0, 3.05, 2.0, 30.0, 29.5, 35.0, 10.0):
        span = Span(start, start + 10.0)
        moved = picture(waveform, span, 40_000, folded=folded)
        assert alike(moved, at_once(peaks, span, 40_000, folded=folded)), start


def test_moving_paints_only_what_comes_into_view(peaks, monkeypatch):
    waveform = Waveform(peaks, RATE, 0.0, (RED, GREEN))
    picture(waveform, Span(0.0, 10.0), 40_000)
    asked = []
    columns = peaks.columns
    monkeypatch.setattr(peaks, "columns", lambda start, stop, n: asked.append(n) or columns(start, stop, n))
    picture(waveform, Span(1.0, 11.0), 40_000)
    assert sum(asked) == pytest.approx(40, abs=2)
    picture(waveform, Span(1.0, 11.0), 40_000)
    assert sum(asked) == pytest.approx(40, abs=2), "nothing new, nothing painted"


def test_outside_of_the_sound_there_is_nothing(peaks):
    waveform = Waveform(peaks, RATE, 5.0, (RED, GREEN))
    for span in (Span(0.0, 4.0), Span(46.0, 50.0)):
        assert not picture(waveform, span, 40_000).any()
    seen = np.flatnonzero(picture(waveform, Span(0.0, 10.0), 40_000).any(axis=0))
    assert (seen[0], seen[-1]) == (200, 399)
    seen = np.flatnonzero(picture(waveform, Span(38.0, 48.0), 40_000).any(axis=0))
    assert (seen[0], seen[-1]) == (0, 279)


def more_red_than_green(pixels: np.ndarray) -> bool:
    return bool((pixels >> 16 & 0xFF).max() > (pixels >> 8 & 0xFF).max())


def test_the_colour_changes_at_the_cut(peaks):
    seen = picture(Waveform(peaks, RATE, 0.0, (RED, GREEN)), Span(5.0, 15.0), 40_000)[50]
    assert [hex(seen[x])[4:] for x in (199, 200)] == [theme.RED[1:], theme.GREEN[1:]]


def test_growing_in_a_moved_view_shows_each_column_as_it_is_in_the_end(dressed):
    peaks, samples = PeakPyramid(2), noise(40.0)
    waveform = Waveform(peaks, RATE, 0.0, (RED, GREEN))
    for start in range(0, 40_000, 700):
        peaks.append(samples[:, start : start + 700])
        span = Span(10.0, 20.0) if start < 12_000 else Span(15.0, 25.0)
        grown = picture(waveform, span, peaks.length)
    assert alike(grown, at_once(peaks, Span(15.0, 25.0), 40_000))


def test_what_was_written_anew_is_painted_anew_even_if_the_length_was_read_before(dressed):
    peaks, span = PeakPyramid(2), Span(0.0, 40.0)
    waveform = Waveform(peaks, RATE, 0.0, (RED, GREEN))
    peaks.append(0.9 * zigzag(20_000))
    picture(waveform, span, 20_000)
    peaks.rewind(10_000)
    picture(waveform, span, 20_000)  # as a view does that read how much is written just before
    peaks.append(0.1 * zigzag(10_000))
    anew = picture(waveform, span, 20_000)
    assert (anew != 0).sum(axis=0)[50] > 3 * (anew != 0).sum(axis=0)[150]
    shorter = picture(waveform, span, 12_000)
    assert np.flatnonzero(shorter.any(axis=0))[-1] == 119


def test_single_samples_are_dots_on_a_line(dressed):
    peaks = PeakPyramid(1)
    peaks.append(np.array([[0.0, 0.5, -0.5, 0.0, 1.0]], np.float32))
    waveform = Waveform(peaks, RATE, 0.0, (RED, GREEN))
    seen = picture(waveform, Span(0.0, 0.008), 5, cut=2)
    assert np.flatnonzero(seen.any(axis=0))[-1] == pytest.approx(200, abs=3)
    for column, value in ((50, 0.5), (100, -0.5), (200, 1.0)):
        rows = np.flatnonzero(seen[:, column])
        assert rows.mean() == pytest.approx(50 - 47 * value, abs=2), "a dot where the sample is"
    assert more_red_than_green(seen[:, 30]) and not more_red_than_green(seen[:, 150]), "in the colours of their parts"


def test_both_channels_have_their_samples(dressed):
    peaks = PeakPyramid(2)
    peaks.append(np.array([[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]], np.float32))
    seen = picture(Waveform(peaks, RATE, 0.0, (RED, GREEN)), Span(0.0, 0.004), 3, cut=3, folded=False)
    rows = np.flatnonzero(seen[:, 120])
    assert rows.min() == pytest.approx(24, abs=3) and rows.max() == pytest.approx(75 - 0.5 * 23.5, abs=3)
