"""Render again: a take drawn with more steps, in a lane beside it."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from calm_studio import requests
from calm_studio.requests import ask_once_more, recipe_for
from calm_studio.take_menu import TakeMenu
from calm_studio.values import Branch, Lane
from engine.again import Again
from engine.errors import CalmError
from engine.recipe import Parent, sound_hash
from engine.replay import render
from engine.weights import random_model
from tests.calm_studio.fakes import a_take, drop, write_groove
from tests.engine.fakes import FakeModel


@pytest.fixture
def made(start, make, qtbot, tmp_path, monkeypatch):
    """The app with the tiny model, and a take of two seconds with a fork in it, to which nobody listens."""
    monkeypatch.setattr(requests, "AGAIN_STEPS", 26)
    app = start(lambda progress: random_model("tiny"), None)
    monkeypatch.setattr(app.making._deck, "play", lambda state: None)
    drop(app.window, write_groove(tmp_path / "groove.wav"))
    qtbot.waitUntil(lambda: app.state.clip is not None and app.state.clip.heard is not None)
    app.window.controls.length.set_seconds(1.0)
    first = make(app)
    app.window.controls.temperature.track.setValue(130)
    make(app, lambda: app.making.branch(first.take.id, 8.5))
    return app


def render_again(app, qtbot) -> Lane:
    before = {lane.take.id for lane in app.state.lanes}
    app.window.timeline.menu_wanted.emit(app.state.chosen, 8.5, QPoint(300, 300))
    menu = app.window.findChild(TakeMenu)
    menu.again_wanted.emit()
    menu.hide()
    qtbot.waitUntil(lambda: {lane.take.id for lane in app.state.lanes} > before and app.state.writing is None)
    return next(lane for lane in app.state.lanes if lane.take.id not in before)


def test_a_take_is_drawn_again_beside_it_with_its_moves(made, qtbot):
    original = made.state.lane
    again = render_again(made, qtbot)
    assert made.state.chosen == original.take.id, "what is heard stays"
    assert [lane.take.id for lane in made.state.lanes][:2] == [again.take.id, original.take.id]
    assert again.take.samples.shape == original.take.samples.shape
    assert again.take.state == "finished"
    changes = again.take.history.changes
    moves = tuple((frame, replace(controls, sampler="consistency", steps=4)) for frame, controls in changes)
    assert moves == original.take.history.changes, "temperatures and when they were moved"
    assert {(each.sampler, each.steps) for _, each in changes} == {("trigflow", 26)}
    assert again.growth.x_real_time > 0
    assert not np.array_equal(again.take.samples, original.take.samples)
    title = made.window.timeline.lanes[again.take.id].title.text()
    assert f"{original.name.removeprefix('Take ')} again with 100 steps" in title
    assert (again.branch, again.heard) == (original.branch, original.heard)


def test_its_own_recipe_makes_it_once_more(made, qtbot):
    again = render_again(made, qtbot)
    recipe = recipe_for(again, again.take, made._session.info)
    assert [fork.seed for fork in recipe.forks] == [made.state.lane.take.request.seed]
    same = render(random_model("tiny"), recipe, again.take.request.prompt, lambda *at: None, threading.Event())
    assert sound_hash(same.audio.samples) == recipe.sha256


def test_it_can_be_stopped(made, qtbot, monkeypatch):
    monkeypatch.setattr(requests, "AGAIN_STEPS", 200)
    count = len(made.state.lanes)
    made.making.make_again(made.state.chosen)
    qtbot.waitUntil(lambda: made.state.writing is not None)
    made.window.controls.stop_button.click()
    qtbot.waitUntil(lambda: made.state.writing is None)
    assert len(made.state.lanes) == count + 1
    assert made.state.lanes[0].take.state == "stopped"


def test_the_request_is_that_of_what_was_written_so_far():
    lane = Lane("Take A", a_take(seconds=2.0))
    with pytest.raises(CalmError, match="Nothing is written"):
        ask_once_more(lane, FakeModel.info)
    lane.take.history.record(0, lane.take.request.controls)
    lane.take.append(np.zeros((2, 24_000), np.float32))
    lane.take.seed = 99
    request = ask_once_more(replace(lane, branch=Branch(Parent("0" * 64, 9), "Take B", 1, 1.0, 0.0)), FakeModel.info)
    assert isinstance(request, Again)
    assert (request.seconds, request.seed, request.tries) == (0.5, 99, 1)
    assert (request.controls.sampler, request.controls.steps) == ("trigflow", 100)
    assert request.recipe.parent == Parent("0" * 64, 9)
