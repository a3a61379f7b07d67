"""Auditioning the seam, going from station to station, and the time in bars: as values, and with keys in the window."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from calm_studio import selecting
from calm_studio import state as states
from calm_studio.seam_audition import AROUND, FADE, faded, seam_sound, seam_span
from calm_studio.stations import station, stations
from calm_studio.time_display import TimeDisplay, bar_and_beat, clock
from calm_studio.timeline.bars import Steady
from calm_studio.values import Alarm, Lane, State
from engine.take import Take
from tests.calm_studio.fakes import press
from tests.engine.fakes import a_prompt, a_request, tone

RATE = 48_000
CTRL = Qt.KeyboardModifier.ControlModifier


def with_lane(written: float, state: str = "writing", prompt: float = 4.0, seconds: float = 6.0) -> State:
    """A take of which so many seconds after the cut are written."""
    take = Take(replace(a_request(seconds), prompt=a_prompt(prompt)), 1)
    take.append(tone(written))
    take.state = state
    return State(lanes=(Lane("Take A", take),), chosen=1)


def test_the_seam_has_two_seconds_on_both_sides_once_they_are_there():
    assert seam_span(State()) is None
    assert seam_span(with_lane(1.9)) is None, "some is still to be written"
    assert seam_span(with_lane(2.1)) == (round((4 - AROUND) * RATE), round((4 + AROUND) * RATE))
    assert seam_span(with_lane(0.5, "stopped")) == (2 * RATE, round(4.5 * RATE))
    assert seam_span(with_lane(2.1, prompt=1.0)) == (0, 3 * RATE)
    assert seam_span(with_lane(0.0, "stopped")) is None, "nothing comes after it"


def test_the_ends_are_faded_and_the_take_is_not():
    state = with_lane(3.0)
    before = state.lane.take.samples.copy()
    samples, offset, rate = seam_sound(state)
    assert (offset, rate, samples.shape) == (2.0, RATE, (2, 4 * RATE))
    count = round(FADE * RATE)
    assert not samples[:, 0].any() and np.abs(samples[:, -1]).max() < 0.01
    assert np.array_equal(samples[:, count:-count], before[:, 2 * RATE : 6 * RATE][:, count:-count])
    assert np.array_equal(state.lane.take.samples, before)
    assert faded(np.ones((2, 3), np.float32), RATE).shape == (2, 3)


def test_a_jump_or_a_loop_ends_the_audition():
    state = states.auditioned(with_lane(3.0), True)
    assert state.auditioning and states.choose(state, 1).auditioning
    assert not states.seek(state, 1, 0.0).auditioning
    assert not states.loop_toggled(state, True).auditioning


def test_stations_of_a_take():
    state = with_lane(3.0)
    lane = replace(state.lane, markers=((5 * RATE, "chorus"),), alarm=Alarm("silence", round(6.5 * RATE)))
    state = selecting.select(replace(state, lanes=(lane,)), 1.0, 2.0)
    assert stations(state) == [0.0, 1.0, 2.0, 4.0, 5.0, 6.5, 7.0]
    clip = states.add_clip(State(), states.clip_of(a_prompt(4.0)))
    assert stations(states.trim(clip, 1.0, 3.0)) == [0.0, 1.0, 3.0, 4.0]
    assert stations(State()) == [0.0]


def test_from_station_to_station():
    state = with_lane(3.0)
    assert [station(state, now, 1, False) for now in (0.0, 4.0, 4.5, 7.0)] == [4.0, 7.0, 7.0, 7.0]
    assert [station(state, now, -1, False) for now in (0.0, 4.0, 4.2, 7.0)] == [0.0, 0.0, 4.0, 4.0]
    assert station(state, 4.2, -1, True) == 0.0, "while it plays, one that was just passed is skipped"


def test_bars_and_beats():
    bars = (Steady(0.5, 0.5, 4, 1, -math.inf, 8.5), Steady(8.5, 0.25, 3, 5, 8.5, math.inf))
    assert bar_and_beat(bars, 0.5) == "1 | 1.00"
    assert bar_and_beat(bars, 3.75) == "2 | 3.50"
    assert bar_and_beat(bars, 0.0) == "0 | 4.00", "an upbeat"
    assert bar_and_beat(bars, 8.5) == "5 | 1.00"
    assert bar_and_beat(bars, 9.5) == "6 | 2.00"
    assert clock(74.36) == "1:14.36"


def test_a_press_on_the_time_shows_bars_where_they_are_known(qtbot):
    time = TimeDisplay()
    qtbot.addWidget(time)
    time.show_time(3.75)
    time.click()
    assert time.text() == "0:03.75", "no bars are known"
    time.show_bars((Steady(0.5, 0.5, 4, 1, -math.inf, math.inf),))
    time.show_time(3.75)
    assert time.text() == "2 | 3.50"
    time.click()
    assert time.text() == "0:03.75"


@pytest.fixture
def taken(grooving, make):
    """A whole take of four seconds after eight, and nothing sounds."""
    make(grooving)
    grooving.window.transport.stop.click()
    return grooving


def test_the_seam_is_heard_over_and_over_until_the_key_is_pressed_again(taken, qtbot):
    seam, transport = taken.state.lane.begins, taken.window.transport
    press(taken, Qt.Key.Key_A)
    assert transport.audition.property("lit") == "true"
    qtbot.waitUntil(lambda: taken._deck.seconds is not None)
    seen = []

    def again() -> bool:
        seen.append(taken._deck.seconds)
        return any(now < before for before, now in zip(seen, seen[1:], strict=False))

    qtbot.waitUntil(again)
    assert seam - AROUND <= min(seen) and max(seen) <= seam + AROUND
    press(taken, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: taken._deck.seconds is None)
    assert transport.audition.property("lit") == "false" and not taken.state.auditioning


def test_an_audition_ends_where_another_place_is_played(taken, qtbot):
    press(taken, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: taken._deck.seconds is not None)
    press(taken, Qt.Key.Key_Home)
    assert not taken.state.auditioning
    qtbot.waitUntil(lambda: taken._deck.seconds is not None and taken._deck.seconds < 4.0)
    press(taken, Qt.Key.Key_A)
    press(taken, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: taken._deck.seconds is None)
    assert not taken.state.auditioning, "or nothing is played at all"


def test_keys_go_from_station_to_station(taken):
    press(taken, Qt.Key.Key_Home)
    places = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left):
        press(taken, key, CTRL)
        places.append(round(taken.state.cursor, 3))
    assert places == [8.0, 12.0, 12.0, 8.0, 0.0]


def test_the_playhead_is_followed_or_not(taken):
    view, button = taken.window.timeline.view, taken.window.transport.follow
    assert view.following and button.isChecked()
    press(taken, Qt.Key.Key_F)
    assert not view.following and button.property("lit") == "false"
    button.click()
    assert view.following


def test_the_transport_tells_the_bar_once_the_groove_was_heard(taken, qtbot):
    time = taken.window.transport.time
    time.click()
    qtbot.waitUntil(lambda: "|" in time.text())
