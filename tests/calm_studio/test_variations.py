"""Takes that are written side by side: in the state, and in the real window with the real engine."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from calm_studio import state as states
from calm_studio.timeline.take_words import describe
from calm_studio.values import State
from calm_studio.variations import variation, variations_of
from engine.controls import Controls
from engine.events import TakeEnded, TakeGrew, TakeStarted
from engine.weights import random_model
from tests.calm_studio.fakes import a_take, drop, press, reduce, write_groove


@pytest.fixture
def three():
    """A take alone, and three variations above it."""
    state = reduce(states.submitted(State(), [1]), TakeStarted(1, a_take(take_id=1)))
    state = states.submitted(state, [2, 3, 4])
    for job in (2, 3, 4):
        state = reduce(state, TakeStarted(job, a_take(take_id=job)))
    return state


def ids(lanes) -> list[int]:
    return [lane.take.id for lane in lanes]


def test_variations_lie_together_in_their_order_and_the_first_is_selected(three):
    assert ids(three.lanes) == [2, 3, 4, 1]
    assert [lane.name for lane in three.lanes] == ["Take B", "Take C", "Take D", "Take A"]
    assert three.chosen == 2
    assert three.taken == 4


def test_one_that_starts_later_does_not_take_the_selection(three):
    state = states.submitted(states.choose(three, 1), [5, 6])
    state = states.choose(reduce(state, TakeStarted(5, a_take(take_id=5))), 1)
    state = reduce(state, TakeStarted(6, a_take(take_id=6)))
    assert state.chosen == 1
    assert ids(state.lanes) == [5, 6, 2, 3, 4, 1]


def test_variations_know_each_other(three):
    assert ids(variations_of(three, 3)) == [2, 3, 4]
    assert variations_of(three, 1) == ()
    assert variations_of(three, None) == ()
    assert [lane.variation.number for lane in variations_of(three, 2)] == [1, 2, 3]


def test_they_are_found_by_their_numbers_also_when_one_is_gone(three):
    assert [variation(three, number) for number in (1, 2, 3, 4)] == [2, 3, 4, None]
    fewer = replace(three, lanes=tuple(lane for lane in three.lanes if lane.take.id != 3))
    assert [variation(fewer, number) for number in (1, 2, 3)] == [2, None, 4]
    assert variation(states.choose(three, 1), 1) is None
    assert variation(states.choose(three, None), 1) is None


def test_the_selected_one_counts_as_the_one_that_is_written(three):
    for lane in three.lanes:
        lane.take.state = "writing"
    assert states.choose(three, 4).writing.take.id == 4
    assert states.choose(three, None).writing.take.id == 2
    three.lane_of(4).take.state = "stopped"
    assert states.choose(three, 4).writing.take.id == 2


def test_each_grows_and_ends_by_itself(three):
    state = reduce(three, TakeGrew(3, 0, 10, Controls(), 2.0))
    assert state.lane_of(3).growth.written == 10
    assert state.lane_of(2).growth is None
    assert ids(reduce(state, TakeEnded(3, "stopped")).lanes) == ids(state.lanes)


def test_the_header_says_which_one_it_is(three):
    assert "variation 2" in describe(three.lane_of(3), "#fff")
    assert "variation" not in describe(three.lane_of(1), "#fff")


@pytest.fixture
def playing(start, qtbot, tmp_path):
    """The app with the tiny model, and three variations of twenty seconds that are written and listened to."""
    app = start(lambda progress: random_model("tiny"), None)
    drop(app.window, write_groove(tmp_path / "groove.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    controls = app.window.controls
    controls.length.set_seconds(20.0)
    controls.variations.group.button(2).click()
    controls.seed.number.setValue(100)
    controls.continue_button.click()
    first = lambda: app.state.lane.take  # noqa: E731
    qtbot.waitUntil(lambda: app.state.lane is not None and first().playhead is not None)
    qtbot.waitUntil(lambda: first().written > first().cut + 10_000)
    yield app
    app.making.stop()


def takes(app):
    return [lane.take for lane in app.state.lanes]


def test_continue_writes_so_many_takes_at_once_and_one_is_heard(playing):
    first, second, third = takes(playing)
    assert [take.request.seed for take in takes(playing)] == [100, 101, 102]
    assert {take.state for take in takes(playing)} == {"writing"}
    assert abs(second.written - first.written) <= 2 * 1764 + 10 and abs(third.written - first.written) <= 2 * 1764 + 10
    assert not np.array_equal(first.samples[:, first.cut :], second.samples[:, first.cut :])
    assert second.playhead is None and third.playhead is None
    assert "variation 3" in playing.window.timeline.lanes[third.id].title.text()
    assert playing.window.controls.on_the_bar.isVisible()


def test_the_number_keys_and_a_click_swap_what_is_heard_where_it_is(playing, qtbot):
    first, second, third = takes(playing)
    before = playing.playing.now
    press(playing, Qt.Key.Key_2)
    assert playing.state.chosen == second.id
    qtbot.waitUntil(lambda: second.playhead is not None and first.playhead is None)
    assert before <= playing.playing.now < before + 5.0
    lane = playing.window.timeline.lanes[third.id]
    QTest.mouseClick(lane, Qt.MouseButton.LeftButton, pos=QPoint(round(lane.x(2.0)), 60))
    assert playing.state.chosen == third.id
    qtbot.waitUntil(lambda: third.playhead is not None)
    assert playing.playing.now > 6.0, "it was no seek to two seconds"
    press(playing, Qt.Key.Key_4)
    assert playing.state.chosen == third.id, "there is no fourth"


def test_a_click_into_the_heard_one_goes_there(playing, qtbot):
    (first, *_) = takes(playing)
    lane = playing.window.timeline.lanes[first.id]
    QTest.mouseClick(lane, Qt.MouseButton.LeftButton, pos=QPoint(round(lane.x(2.0)), 60))
    assert playing.state.cursor == pytest.approx(2.0, abs=0.05)
    qtbot.waitUntil(lambda: first.playhead is not None and first.playhead < 5 * 44_100)


def temperatures(take) -> list[float]:
    """Of a take that is written anew from its first frame on there are none for a moment."""
    return [controls.temperature for _, controls in take.history.changes]


def test_the_knobs_are_those_of_the_heard_one(playing, qtbot):
    first, second, _ = takes(playing)
    track = playing.window.controls.temperature.track
    press(playing, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: second.playhead is not None)
    track.setValue(155)
    qtbot.waitUntil(lambda: temperatures(second)[-1:] == [1.55])
    assert set(temperatures(first)) == {1.4}
    press(playing, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: track.value() == 140)
    press(playing, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: track.value() == 155)
    assert set(temperatures(first)) == {1.4}, "showing a value sets nothing"


def test_stop_ends_them_all_and_delete_only_one(playing, qtbot):
    first, second, third = takes(playing)
    press(playing, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: first.state == "stopped")
    assert {second.state, third.state} == {"writing"}
    playing.window.controls.stop_button.click()
    qtbot.waitUntil(lambda: {second.state, third.state} == {"stopped"})
    assert playing.state.writing is None
    assert len(playing.state.lanes) == 2
