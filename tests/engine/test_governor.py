"""The governor holds the buffer by fewer steps, gives them back, and does not waver. Time is simulated."""

import itertools
import threading
from dataclasses import replace

import pytest

from engine.controls import MAX_STEPS, ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate
from engine.governor import PATIENT, Cap, Governor, governed
from engine.recipe import recipe_of
from engine.replay import render
from engine.request import Prompt, Request
from engine.take import Take
from engine.weights import random_model
from tests.engine.takes import clip

FRAME = 0.04
WANTED = Controls("trigflow", 100)


def listened_to(seconds, work, wanted=WANTED, governor=None, ahead=1.0):
    """A take that is heard while it is written: (ahead, steps) of every frame. `work` gives the seconds that a frame of
    so many steps takes, at a time."""
    governor, cap, time, frames = governor or Governor(), Cap(), 0.0, []
    while time < seconds:
        cap = governed(cap, [wanted], governor, ahead, FRAME)
        steps = cap.over(wanted).steps
        took = work(steps, time)
        cap = cap.seen(took)
        ahead += FRAME - took
        time += max(took, took + ahead - governor.lead)  # the writer waits when the buffer is full
        ahead = min(ahead, governor.lead)
        frames.append((ahead, steps))
    return frames


def changes(frames):
    return sum(a != b for (_, a), (_, b) in itertools.pairwise(frames))


def test_a_fast_device_draws_what_was_asked_for():
    frames = listened_to(20, lambda steps, time: 0.005 + 0.0002 * steps)
    assert {steps for _, steps in frames} == {100}


@pytest.mark.parametrize("slowness", [1.2, 2.0, 5.0, 10.0])
def test_a_slow_device_holds_the_buffer_with_fewer_steps(slowness):
    frames = listened_to(60, lambda steps, time: 0.006 + slowness * FRAME * steps / 100)
    assert min(ahead for ahead, _ in frames) > 0
    late = frames[len(frames) // 2 :]
    assert min(ahead for ahead, _ in late) > 0.8
    assert 1 <= min(steps for _, steps in late) and max(steps for _, steps in late) < 100
    assert changes(frames) < 20 and changes(late) <= 2, "it settles"


def test_when_the_load_goes_the_steps_come_back():
    frames = listened_to(40, lambda steps, time: 0.003 + 0.0001 * steps * (8 if 5 < time < 15 else 1))
    assert min(steps for _, steps in frames) < 60
    assert frames[-1][1] == 100
    assert min(ahead for ahead, _ in frames) > 0.3


def test_a_single_slow_frame_changes_nothing():
    frames = listened_to(10, lambda steps, time: 0.15 if 3 < time < 3.05 else 0.01)
    assert {steps for _, steps in frames} == {100}


def test_no_lower_than_the_user_allows():
    frames = listened_to(20, lambda steps, time: 0.002 * steps, governor=Governor(lowest=30))
    assert min(steps for _, steps in frames) == 30


@pytest.mark.parametrize(("governor", "ahead"), [(None, 0.1), (Governor(on=False), 0.1), (Governor(), None)])
def test_it_does_nothing_when_off_or_not_heard(governor, ahead):
    cap = Cap(3, (0.1,) * PATIENT)
    assert governed(cap, [WANTED], governor, ahead, FRAME).over(WANTED) == WANTED


def test_fewer_steps_asked_for_are_fewer_steps():
    cap = Cap(30)
    assert cap.over(WANTED).steps == 30
    assert cap.over(replace(WANTED, steps=4)).steps == 4
    assert Cap().over(replace(WANTED, steps=MAX_STEPS)).steps == MAX_STEPS


def test_after_a_rewind_a_fast_device_keeps_its_steps():
    """The buffer is low, but is full again soon."""
    cap = Cap(work=(0.01,) * PATIENT)
    assert governed(cap, [WANTED], Governor(), 0.1, FRAME) == cap


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"lead": 0.1}, "0.1 s"), ({"lead": 3.0}, "3.0 s"), ({"lead": float("nan")}, "nan s"), ({"lowest": 0}, "0 steps")],
)
def test_a_senseless_setting_is_refused_by_name(wrong, named):
    with pytest.raises(CalmError, match=named):
        Governor(**wrong)


def test_what_it_did_is_in_the_history_and_is_made_again(monkeypatch):
    """A device that seems to take twice as long as it has, with a listener who keeps pace."""
    monkeypatch.setattr("engine.generate.stopwatch", lambda device: lambda: 0.08 / 3)
    model, audio = random_model("tiny"), clip()
    take = Take(Request(Prompt(audio, "clip", 0, audio.samples.shape[1]), 2.0, 7, Controls(steps=8)), 1)
    lowered = []
    for frame in generate(model, take, ControlBox(Controls(steps=8), Governor(lowest=2)), threading.Event()):
        take.playhead = take.written - 12_000  # a quarter of a second ahead
        lowered.append(frame.controls.steps < frame.wanted.steps == 8)
    steps = [controls.steps for _, controls in take.history.changes]
    assert steps[0] == 8 and steps[-1] == 2 and lowered[0] is False and lowered[-1] is True
    take.playhead = None
    again = render(model, recipe_of(take, model.info), take.request.prompt, lambda done, of: None, threading.Event())
    assert again.audio.samples.tobytes() == take.audio.samples.tobytes()
