"""Spectrograms: tones where they belong, tiles as they are needed, and what grows or is written anew."""

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from calm_studio import theme
from calm_studio.bridge import Background
from calm_studio.timeline.span import Span
from calm_studio.timeline.spectra import BANDS, HIGHEST, LOUDEST, LOWEST, SOFTEST, WINDOW, levels, reach
from calm_studio.timeline.spectrogram import COLUMNS, Spectrogram, picture
from engine.peaks import PeakPyramid
from tests.calm_studio.fakes import press

RATE = 48_000


def sine(hertz: float, seconds: float, loud: float = 1.0) -> np.ndarray:
    """(2, n)."""
    wave = loud * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.tile(wave, (2, 1)).astype(np.float32)


def band_of(hertz: float) -> int:
    """The row, from the top, of a tone."""
    return BANDS - 1 - int(BANDS * np.log(hertz / LOWEST) / np.log(HIGHEST / LOWEST))


@pytest.mark.parametrize("hertz", [110.0, 440.0, 1000.0, 4000.0, 12_000.0])
@pytest.mark.parametrize("hop", [256, 2048, 8192])
def test_a_tone_is_loudest_in_its_band(hertz, hop):
    found = levels(sine(hertz, 1.0, 0.1), 0, RATE, hop, range(2, 5))
    assert np.abs(found.argmax(axis=0) - band_of(hertz)).max() <= (1 if hertz > 400 else 4)


def test_levels_are_decibels_under_full_scale():
    found = levels(sine(1000.0, 1.0, 10 ** (-40 / 20)), 0, RATE, 1024, range(10, 12))
    assert SOFTEST + found.max() / 255 * (LOUDEST - SOFTEST) == pytest.approx(-40, abs=3)
    assert levels(sine(1000.0, 1.0), 0, RATE, 1024, range(10, 12)).max() == 255
    assert not levels(np.zeros((2, RATE), np.float32), 0, RATE, 1024, range(10)).any()


def test_columns_are_the_same_from_any_part_that_holds_them():
    sound = np.random.default_rng(0).standard_normal((2, RATE)).astype(np.float32)
    whole = levels(sound, 0, RATE, 512, range(90))
    start, stop = reach(RATE, 512, range(40, 50))
    assert np.array_equal(levels(sound[:, start:stop], start, RATE, 512, range(40, 50)), whole[:, 40:50])


def test_a_click_is_in_its_column():
    click = np.zeros((1, RATE), np.float32)
    click[0, 24_000] = 1.0
    found = levels(click, 0, RATE, 4096, range(11)).sum(axis=0)
    assert found.argmax() == 24_000 // 4096


def test_the_louder_the_brighter_and_each_part_in_its_colour():
    shown = np.tile(np.array([0, 128, 255], np.uint8), (BANDS, 2))
    image = picture(shown, ("#ff0000", "#00ff00", "#ffffff"), [3])
    assert [image.pixelColor(x, 5).alpha() for x in range(3)] == [0, 128, 255]
    assert image.pixelColor(1, 0).red() > 4 * image.pixelColor(1, 0).green()
    assert image.pixelColor(4, 0).green() > 4 * image.pixelColor(4, 0).red()
    assert image.pixelColor(2, 0).green() > 100, "the loudest glows"


@pytest.fixture
def drawing(qapp):
    failed = []
    background = Background("drawing", failed.append)
    yield background
    background.close()
    assert not failed


@pytest.fixture
def spectrogram(dressed, drawing):
    """Of ten seconds, a tone of 440 Hz and then one of 4 kHz."""
    peaks = PeakPyramid(2)
    peaks.append(np.concatenate([sine(440.0, 5.0, 0.3), sine(4000.0, 5.0, 0.3)], axis=1))
    return Spectrogram(peaks, RATE, 0.0, ("TEAL_WAVE", "AMBER_WAVE"), drawing)


def seen(spectrogram: Spectrogram, span: Span, written: int, cut: int = 5 * RATE) -> np.ndarray:
    """Alpha (96, 400), 0..255."""
    image = QImage(400, BANDS, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    spectrogram.draw(painter, QRect(0, 0, 400, BANDS), span, written, (cut,), True)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(BANDS, 400, 4)[..., 3].copy()


def drawn(qtbot, spectrogram: Spectrogram, span: Span, written: int) -> np.ndarray:
    """Once all of it is computed."""

    def computed() -> bool:
        seen(spectrogram, span, written)
        return not spectrogram.waits

    qtbot.waitUntil(computed)
    return seen(spectrogram, span, written)


@pytest.mark.parametrize("span", [Span(0.0, 10.0), Span(4.0, 6.0), Span(4.99, 5.01)])
def test_tones_lie_where_they_sound(spectrogram, qtbot, span):
    alpha = drawn(qtbot, spectrogram, span, 10 * RATE)
    assert abs(int(alpha[:, 20].argmax()) - band_of(440.0)) <= 2
    assert abs(int(alpha[:, 380].argmax()) - band_of(4000.0)) <= 2


def test_nothing_is_drawn_beyond_what_is_written(spectrogram, qtbot):
    alpha = drawn(qtbot, spectrogram, Span(0.0, 20.0), 5 * RATE)
    assert alpha[:, :100].any() and not alpha[:, 104:].any()
    assert not drawn(qtbot, spectrogram, Span(12.0, 15.0), 10 * RATE).any()


def test_growing_computes_only_what_is_new(spectrogram, qtbot, monkeypatch):
    from calm_studio.timeline import spectrogram as module

    asked = []
    monkeypatch.setattr(module, "levels", lambda *args: asked.append(len(args[-1])) or levels(*args))
    drawn(qtbot, spectrogram, Span(0.0, 2.0), RATE)
    first = sum(asked)
    drawn(qtbot, spectrogram, Span(0.0, 2.0), round(1.1 * RATE))
    assert 0 < sum(asked) - first < first / 3
    count = len(asked)
    drawn(qtbot, spectrogram, Span(0.0, 2.0), round(1.1 * RATE))
    assert len(asked) == count


def test_what_is_written_anew_is_computed_anew(spectrogram, qtbot):
    before = drawn(qtbot, spectrogram, Span(0.0, 10.0), 10 * RATE)
    spectrogram.peaks.rewind(2 * RATE)
    spectrogram.peaks.append(sine(4000.0, 8.0, 0.3))
    after = drawn(qtbot, spectrogram, Span(0.0, 10.0), 10 * RATE)
    assert np.array_equal(before[:, :70], after[:, :70])
    assert abs(int(after[:, 120].argmax()) - band_of(4000.0)) <= 2


def test_it_follows_the_theme(spectrogram, qtbot, qapp):
    def colours() -> set[str]:
        image = QImage(400, BANDS, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.PANEL))
        painter = QPainter(image)
        spectrogram.draw(painter, QRect(0, 0, 400, BANDS), Span(0.0, 10.0), 10 * RATE, (5 * RATE,), True)
        painter.end()
        return {image.pixelColor(x, band_of(440.0)).name() for x in (50, 90)}

    drawn(qtbot, spectrogram, Span(0.0, 10.0), 10 * RATE)
    dark = colours()
    theme.switch(qapp, "light")
    light = colours()
    theme.switch(qapp, "dark")
    assert not dark & light
    assert colours() == dark


def test_tiles_that_were_not_looked_at_for_long_are_dropped(spectrogram, qtbot, monkeypatch):
    from calm_studio.timeline import spectrogram as module

    monkeypatch.setattr(module, "KEPT", 3)
    for start in range(8):
        drawn(qtbot, spectrogram, Span(start, start + 0.5), 10 * RATE)
    assert len(spectrogram.tiles) <= 3


def test_g_switches_the_selected_lane_and_the_button_its_own(grooving, make, qtbot):
    make(grooving)
    timeline = grooving.window.timeline
    (lane,) = timeline.lanes.values()
    waveform = lane.grab().toImage()
    press(grooving, Qt.Key.Key_G)
    assert lane.spectrogram is not None and timeline.prompt_lane.spectrogram is None
    assert lane.spectrum.accessibleName() == "Waveform (G)"

    def computed() -> bool:
        lane.grab()
        return not lane.spectrogram.waits

    qtbot.waitUntil(computed)
    assert lane.grab().toImage() != waveform
    lane.spectrum.click()
    assert lane.spectrogram is None
    timeline.prompt_lane.spectrum.click()
    assert timeline.prompt_lane.spectrogram is not None


def test_a_column_is_at_most_as_long_as_its_windows():
    assert COLUMNS * BANDS < 32_000, "a tile is small"
    assert WINDOW / RATE < 0.05
