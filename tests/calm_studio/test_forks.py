"""Branches that are forks: with the real engine and a tiny untrained model, in the real window."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from calm_studio.making import LISTEN_BEFORE
from calm_studio.requests import ask_branch, fork_frame, recipe_for
from engine.music.follow import NO_CHORDS
from engine.recipe import sound_hash
from engine.replay import render
from engine.trail import can_fork
from engine.weights import random_model
from tests.calm_studio.fakes import drop, press, write_groove
from tests.calm_studio.test_projects import save_as

CUT, RATE = 8 * 44_100, 44_100


@pytest.fixture
def forking(start, qtbot, tmp_path):
    """The app with the tiny model and eight seconds of music on its shelf, heard; takes of three seconds."""
    app = start(lambda progress: random_model("tiny"), None)
    drop(app.window, write_groove(tmp_path / "groove.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.length.set_seconds(3.0)
    return app


@pytest.fixture
def parent(forking, make, monkeypatch):
    """A take that nobody listened to, nor will to any other: so they are written as fast as can be."""
    monkeypatch.setattr(forking.making._deck, "play", lambda state: None)
    return make(forking)


def test_a_double_click_on_what_was_written_here_forks(forking, parent, make):
    widget = forking.window.timeline.lanes[parent.take.id]
    place = QPoint(round(widget.x(10.0)), 120)
    forking.window.controls.temperature.track.setValue(150)
    child = make(forking, lambda: QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, pos=place))
    fork = child.take.request.fork
    assert fork.parent is parent.take
    at = parent.take.borders[fork.frame]
    assert at / RATE == pytest.approx(10.0, abs=0.06)
    assert np.array_equal(child.take.samples[:, :at], parent.take.samples[:, :at])
    assert not np.array_equal(child.take.samples[:, at : at + 8820], parent.take.samples[:, at : at + 8820])
    assert child.take.written - at == 3 * RATE, "it is as long as was asked for from there on"
    assert (child.take.cut, child.human) == (CUT, CUT)
    assert child.branch.seconds == child.begins == pytest.approx(at / RATE)
    assert "branched from A at 10.0 s" in forking.window.timeline.lanes[child.take.id].title.text()
    ((start, stop),) = forking.window.timeline.overlay.lines
    assert start.x() == stop.x()


def test_the_recipe_of_a_fork_of_a_fork_makes_it_again(forking, parent, make):
    child = make(forking, lambda: forking.making.branch(parent.take.id, 9.0))
    grandchild = make(forking, lambda: forking.making.branch(child.take.id, 10.5))
    assert grandchild.take.request.fork.parent is child.take
    recipe = recipe_for(grandchild, grandchild.take, forking._session.info)
    assert [fork.seed for fork in recipe.forks] == [child.take.request.seed, grandchild.take.request.seed]
    again = render(random_model("tiny"), recipe, parent.take.request.prompt, lambda *at: None, threading.Event())
    assert sound_hash(again.audio.samples) == recipe.sha256


def test_a_fork_is_listened_to_from_shortly_before_it(forking, parent, make):
    make(forking, lambda: forking.making.branch(parent.take.id, 10.5))
    assert forking.state.cursor == pytest.approx(forking.state.lane.begins - 2.0)


def test_what_is_to_be_another_song_is_heard_again(forking, parent, make):
    settings = forking.window.controls.settings
    frame = fork_frame(parent, 10.0, settings)
    assert parent.take.borders[frame] <= 10 * RATE < parent.take.borders[frame + 1]
    assert fork_frame(parent, 7.9, settings) is None, "before the cut"
    assert fork_frame(parent, 10.0, replace(settings, text="with strings")) is None
    asked = ask_branch(parent, 10.0, replace(settings, text="with strings"), forking._session.info)
    assert asked.requests[0].fork is None
    assert asked.requests[0].prompt.stop == 10 * RATE
    parent.take.trail = None
    assert fork_frame(parent, 10.0, settings) is None, "its trail was let go"


def test_another_lead_sheet_is_followed_from_the_fork_on(forking, parent):
    """And as long as the fork is: that of its parent may end before."""
    settings = replace(forking.window.controls.settings, seconds=6.0)
    for chart, told in (("Dm | G", {"Dm", "G"}), (NO_CHORDS, set())):
        wanted = replace(settings, wishes=replace(settings.wishes, chords=chart))
        (request,) = ask_branch(parent, 10.0, wanted, forking._session.info).requests
        assert request.fork.parent is parent.take
        assert {chord.symbol for chord in request.sheet.chords if chord.start >= 10.1} == told
        assert not told or request.sheet.chords[-1].stop >= 15.9


def test_r_rolls_again_from_a_second_after_what_sounds(forking, qtbot):
    forking.window.controls.length.set_seconds(20.0)
    forking.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: forking.state.lane is not None)
    first = forking.state.lane.take
    qtbot.waitUntil(lambda: first.playhead is not None and first.playhead > first.cut + RATE)
    heard = forking.playing.now
    press(forking, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: len(forking.state.lanes) == 2)
    second = forking.state.lane
    assert first.state == "stopped"
    assert second.take.request.fork.parent is first
    assert second.take.request.seed != first.request.seed
    assert heard - 0.1 < second.begins < heard + 1.4
    qtbot.waitUntil(lambda: second.take.playhead is not None)
    before = min(heard, second.begins - LISTEN_BEFORE)  # which is where it begins if the sound was there too soon
    assert forking.playing.now > before - 0.1, "the sound went on where it was"


def test_without_a_take_r_does_nothing(forking):
    press(forking, Qt.Key.Key_R)
    assert not forking.state.waiting and not forking.state.lanes


def test_a_take_of_an_opened_project_is_gone_over_when_it_is_selected_and_forks_then(
    forking, parent, make, start, qtbot, tmp_path
):
    child = make(forking, lambda: forking.making.branch(parent.take.id, 9.0))
    save_as(forking, qtbot, tmp_path / "Song.calmproject")
    forking.close()
    other = start(lambda progress: random_model("tiny"), None)
    other.projects.keeping.open(tmp_path / "Song.calmproject")
    qtbot.waitUntil(lambda: other.state.keeping.title == "Song" and other.state.lane is not None)
    again = other.state.lane
    assert np.array_equal(again.take.audio.samples, child.take.audio.samples)
    last = len(again.take.borders)
    qtbot.waitUntil(lambda: again.take.trail is not None and can_fork(again.take, last))
    qtbot.waitUntil(lambda: again.take.trail.before(again.take, last).moment.frame >= 50)
    other.making._deck.play = lambda state: None
    grandchild = make(other, lambda: other.making.branch(again.take.id, 11.0))
    assert grandchild.take.request.fork.parent is again.take
    recipe = recipe_for(grandchild, grandchild.take, other._session.info)
    made = render(random_model("tiny"), recipe, parent.take.request.prompt, lambda *at: None, threading.Event())
    assert sound_hash(made.audio.samples) == recipe.sha256


def test_a_take_that_another_model_made_is_not_gone_over(forking, parent, start, qtbot, tmp_path):
    save_as(forking, qtbot, tmp_path / "Song.calmproject")
    forking.close()
    other = start(lambda progress: random_model("tiny", seed=1), None)
    other._session.info["sha256"] = "another"
    other.projects.keeping.open(tmp_path / "Song.calmproject")
    qtbot.waitUntil(lambda: other.state.lane is not None)
    qtbot.waitUntil(lambda: other._session.has_heard(other.state.clip.prompt))
    assert other.state.lane.take.trail is None
