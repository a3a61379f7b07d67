"""The bars, the figures beside them, and what is measured of what really plays."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from calm_studio import theme
from calm_studio.level_display import REFRESHES, LevelDisplay, in_words
from calm_studio.meter import FALL_DB, FLOOR_DB, HOLD, Meter, figure
from calm_studio.metering import Metering
from engine.audio import Audio
from engine.metering import NOTHING, SILENCE
from engine.playback import Clip, Player
from engine.sinks import NullSink
from tests.calm_studio.fakes import drop, press, write_clip
from tests.engine.test_loudness import tones

LOUD = replace(SILENCE, peaks=(0.0, -6.0), rms=(-3.0, -9.0), highest=(0.0, -6.0), true_peak=-0.1, integrated=-13.84)


@pytest.fixture
def meter(qtbot, dressed):
    meter = Meter()
    qtbot.addWidget(meter)
    meter.resize(150, meter.height())
    return meter


@pytest.fixture
def display(qtbot, dressed):
    display = LevelDisplay()
    qtbot.addWidget(display)
    display.show()
    return display


def test_bars_jump_up_and_fall_slowly(meter):
    meter.show_reading(LOUD)
    assert meter.levels == (0.0, -6.0)
    meter.show_reading(SILENCE)
    assert meter.levels == pytest.approx((-FALL_DB, -6.0 - FALL_DB))
    for _ in range(80):
        meter.show_reading(SILENCE)
    assert meter.levels == (FLOOR_DB, FLOOR_DB)


def test_the_highest_is_held_before_it_falls(meter):
    meter.show_reading(LOUD)
    for _ in range(HOLD):
        meter.show_reading(replace(SILENCE, peaks=(-20.0, -20.0)))
    assert meter.held == (0.0, -6.0) and meter.levels == (-20.0, -20.0)
    meter.show_reading(replace(SILENCE, peaks=(-20.0, -3.0)))
    assert meter.held == pytest.approx((-FALL_DB, -3.0)), "what is higher is held anew"


def test_the_lamp_is_lit_over_full_scale_alone(meter):
    for true_peak, lit in ((-0.1, False), (0.2, True)):
        meter.show_reading(replace(LOUD, true_peak=true_peak))
        assert meter.over is lit
        lamp = meter.grab().toImage().pixelColor(meter.width() - 3, meter.height() // 2)
        assert (lamp.name() == theme.RED) is lit


def test_more_of_the_bar_is_painted_the_louder_it_is(meter):
    def painted(level: float) -> int:
        meter.clear()
        meter.show_reading(replace(SILENCE, rms=(level, level), peaks=(level, level)))
        row = meter.grab().toImage()
        return sum(row.pixelColor(x, 4).green() > 140 for x in range(row.width()))

    assert painted(-40) < painted(-24) < painted(-12)


def test_the_figures_and_their_words(display):
    display.show_reading(LOUD)
    assert display.loudness.text() == "\N{MINUS SIGN}13.8 LUFS"
    assert display.peak.text() == "\N{MINUS SIGN}0.1 dBTP"
    words = display.meter.accessibleDescription()
    assert "momentary" in words and "\N{MINUS SIGN}13.8 LUFS" in words and "over full scale" not in words
    assert words in display.toolTip()
    assert "over full scale" in in_words(replace(LOUD, true_peak=0.5))
    assert figure(-np.inf, "LUFS") == "\N{EN DASH} LUFS"


def test_figures_change_seldom_enough_to_be_read(display):
    display.show_reading(LOUD)
    for _ in range(REFRESHES - 1):
        display.show_reading(replace(LOUD, integrated=-20.0))
    assert display.loudness.text() == "\N{MINUS SIGN}13.8 LUFS"
    display.show_reading(replace(LOUD, integrated=-20.0))
    assert display.loudness.text() == "\N{MINUS SIGN}20.0 LUFS"


def test_a_click_or_enter_begins_anew(display, qtbot):
    display.show_reading(replace(LOUD, true_peak=1.0))
    with qtbot.waitSignal(display.reset_pressed):
        QTest.mouseClick(display.meter, Qt.MouseButton.LeftButton)
    assert not display.meter.over and display.meter.levels == (FLOOR_DB, FLOOR_DB)
    display.show_reading(SILENCE)
    assert display.loudness.text() == "\N{EN DASH} LUFS"
    with qtbot.waitSignal(display.reset_pressed):
        QTest.keyClick(display.meter, Qt.Key.Key_Return)


def test_what_plays_is_measured_from_its_start(qtbot):
    player = Player(NullSink)
    metering = Metering(player)
    assert metering.read() == SILENCE

    def loudness(level: float) -> float:
        player.play(Clip(Audio(tones((level, 1.2)), 48_000)))
        qtbot.waitUntil(lambda: metering.read().peaks != NOTHING)
        qtbot.waitUntil(lambda: player.position is None or metering.read() is None)
        return metering.read().integrated

    assert loudness(-23) == pytest.approx(-23, abs=0.2)
    ended = metering.read()
    assert ended.peaks == NOTHING and ended.integrated < -20, "the figures stay"
    assert loudness(-33) == pytest.approx(-33, abs=0.2), "nothing of the first is left"
    metering.reset()
    assert metering.read() == SILENCE
    player.close()


def test_the_window_measures_what_it_plays(app, qtbot, tmp_path):
    drop(app.window, write_clip(tmp_path / "noise.wav", seconds=3.0))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    levels = app.window.transport.levels
    press(app, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "\N{MINUS SIGN}" in levels.loudness.text())
    assert max(levels.meter.levels) > -20
    app.playing.play_or_stop()
    qtbot.waitUntil(lambda: max(levels.meter.held) == FLOOR_DB)
    levels.meter.click()
    qtbot.waitUntil(lambda: "\N{EN DASH}" in levels.loudness.text())
