"""The guard in the window: a take that collapses is marked while it is written, and gone back in."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from calm_studio import theme
from calm_studio.requests import grid_after
from calm_studio.take_menu import TakeMenu
from calm_studio.timeline.span import Span
from calm_studio.timeline.take_lane import TakeLane
from calm_studio.timeline.take_words import describe
from calm_studio.values import Alarm, Lane
from calm_studio.watching import judged, last_good
from engine.music.leadsheet import Grid, LeadSheet
from tests.calm_studio.fakes import a_take, drop, repeating, write_groove
from tests.calm_studio.test_lanes import where
from tests.engine.fakes import FakeFrame, tone
from tests.engine.grooves import groove

RATE = 44_100


def falling_silent(model, take, box, stop):
    """Plays the prompt again and again for two seconds, and then nothing."""
    for frame in repeating(model, take, box, stop):
        yield frame
        if frame.index == 49:
            break
    for index in itertools.count(50):
        if stop.is_set() or take.full:
            return
        take.append(np.zeros((2, take.rate // 25), np.float32))
        yield FakeFrame(index, box.get())
        stop.wait(0.002)


@pytest.fixture
def silenced(start, qtbot, tmp_path):
    """The app, with a take of twelve seconds that collapses after two."""
    app = start(generate=falling_silent)
    drop(app.window, write_groove(tmp_path / "groove.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.length.set_seconds(12.0)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: app.state.lane is not None and app.state.lane.alarm is not None)
    return app


def test_a_take_that_falls_silent_is_marked_where_it_did(silenced):
    lane = silenced.state.lane
    assert lane.alarm.kind == "silence"
    assert 9.9 * RATE <= lane.alarm.sample <= 11.2 * RATE, "it was written for two seconds after the cut at eight"
    title = silenced.window.timeline.lanes[lane.take.id].title.text()
    assert f"silence from {lane.alarm.sample / RATE:.1f} s" in title
    assert theme.RED in title


def test_its_menu_goes_back_to_the_last_good_bar(silenced, qtbot):
    lane = silenced.state.lane
    bar = last_good(lane)
    grid = grid_after(lane)
    bars = (bar - grid.downbeat) / (4 * 60 / grid.tempo)
    assert bars == pytest.approx(round(bars), abs=1e-6)
    assert bar <= lane.alarm.sample / RATE < bar + 2.1
    silenced.window.timeline.menu_wanted.emit(lane.take.id, 9.0, QPoint(300, 300))
    menu = silenced.window.findChild(TakeMenu)
    assert "Back to the last good bar\tShift+B" in [action.text() for action in menu.actions()]
    seed = lane.take.request.seed
    menu.back_wanted.emit()
    menu.hide()
    qtbot.waitUntil(lambda: len(silenced.state.lanes) == 2)
    assert lane.take.state == "stopped"
    again = silenced.state.lane
    assert again.begins == pytest.approx(bar, abs=0.05)
    assert again.take.request.seed != seed
    assert again.alarm is None
    silenced.making.stop()


def test_a_take_that_goes_on_is_left_alone(grooving, make, qtbot):
    grooving.window.controls.length.set_seconds(8.0)
    lane = make(grooving)
    qtbot.wait(100)
    assert grooving.state.lane_of(lane.take.id).alarm is None
    grooving.window.timeline.menu_wanted.emit(lane.take.id, 9.0, QPoint(300, 300))
    menu = grooving.window.findChild(TakeMenu)
    assert "Back to the last good bar\tShift+B" not in [action.text() for action in menu.actions()]
    menu.hide()


def a_lane(seconds: float = 12.0) -> Lane:
    """A second of a tone, and music after it."""
    lane = Lane("Take A", a_take(seconds=seconds))
    lane.take.append(groove(4.5, 48_000, 120.0))
    return lane


def test_only_what_is_written_is_judged_and_not_the_prompt():
    take = a_lane().take
    assert judged(take, take.written) is None
    take.append(np.zeros((2, 5 * 48_000), np.float32))
    assert judged(take, take.written) == Alarm("silence", take.written - 4 * 48_000)
    early = a_take(seconds=8.0)
    early.append(np.zeros((2, round(3.5 * 48_000)), np.float32))
    assert judged(early, early.written) is None, "part of the tone is still heard"
    early.append(np.zeros((2, 48_000), np.float32))
    assert judged(early, early.written).sample >= early.cut


def test_the_last_good_bar_is_the_one_before_and_not_before_the_cut():
    lane = replace(a_lane(), alarm=Alarm("stuck", 5 * 48_000))
    assert last_good(lane) == 5.0, "without a beat"
    lane.take.sheets.turn(0, LeadSheet(grids=(Grid(120.0, 0.5, 4),)))
    assert last_good(lane) == pytest.approx(4.5)
    assert last_good(replace(lane, alarm=Alarm("stuck", round(4.4 * 48_000)))) == pytest.approx(2.5)
    assert last_good(replace(lane, alarm=Alarm("stuck", round(1.2 * 48_000)))) == 1.0, "at the cut"


def test_the_lane_is_red_from_there_on(qtbot, dressed):
    lane = Lane("Take A", a_take(seconds=3.0))
    lane.take.append(tone(2.0))
    widget = TakeLane(lane)
    qtbot.addWidget(widget)
    widget.resize(400, 220)
    widget.show_span(Span(0.0, 4.0))
    assert not where(widget, theme.RED).size
    collapsed = replace(lane, alarm=Alarm("noise", 2 * 48_000))
    widget.show_lane(collapsed)
    assert 200 in where(widget, theme.RED)
    assert where(widget, theme.RED).min() >= 199
    assert "noise from 2.0 s" in describe(collapsed, "#fff")
