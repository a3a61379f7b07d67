"""The selected clip is heard by the model before Continue is pressed."""

import numpy as np
import pytest

from engine.session import Session
from engine.weights import random_model
from tests.calm_studio.fakes import drop, write_groove


@pytest.fixture
def heard(monkeypatch):
    """The prompts that the window asks the session to hear."""
    prompts = []
    monkeypatch.setattr(Session, "prehear", lambda session, prompt: prompts.append(prompt))
    return prompts


def opened(app, qtbot, tmp_path, name="groove.wav"):
    clips = len(app.state.clips)
    drop(app.window, write_groove(tmp_path / name))
    qtbot.waitUntil(lambda: len(app.state.clips) > clips)


def test_once_its_edges_rest_a_clip_is_heard_and_another_one_too(app, qtbot, tmp_path, heard):
    opened(app, qtbot, tmp_path)
    qtbot.waitUntil(lambda: len(heard) == 1 and heard[0] is app.state.clip.prompt)
    opened(app, qtbot, tmp_path, "other.wav")
    qtbot.waitUntil(lambda: len(heard) == 2 and heard[1] is app.state.clip.prompt)


def test_after_a_take_it_is_heard_again(app, qtbot, tmp_path, heard, make):
    opened(app, qtbot, tmp_path)
    app.window.controls.length.set_seconds(1.0)
    qtbot.waitUntil(lambda: len(heard) == 1)
    make(app)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard[1] is app.state.clip.prompt


def test_the_real_session_has_it_before_continue_is_pressed(start, qtbot, tmp_path, make):
    app = start(load=lambda report: random_model("tiny"), generate=None)
    opened(app, qtbot, tmp_path)
    qtbot.waitUntil(lambda: app._session.has_heard(app.state.clip.prompt))
    app.window.controls.length.set_seconds(0.4)
    take = make(app).take
    assert np.abs(take.samples[:, take.cut :]).max() > 0
