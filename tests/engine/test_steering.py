"""Moved controls are heard at once: what was written and not heard is written anew, without a seam or a hole."""

import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest
import soxr

from engine.controls import ControlBox, Controls
from engine.generate import generate
from engine.playback import Player
from engine.recipe import recipe_of
from engine.replay import render
from engine.request import Prompt, Request
from engine.steering import KEEP_SECONDS, RECOVERED_SECONDS
from engine.take import Take
from engine.trail import Trail
from engine.weights import random_model
from tests.engine.takes import clip
from tests.engine.test_playback import BLOCK, HandSink, until

PLAIN, HOT, COLD = Controls(steps=1), Controls(steps=1, temperature=1.7), Controls(steps=1, temperature=0.1)
WORK = 0.003  # seconds that each part of a frame seems to take: 4.4 times real time


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(autouse=True)
def an_even_pace(monkeypatch):
    monkeypatch.setattr("engine.generate.stopwatch", lambda device: lambda: WORK)


def a_take(rate=48_000, seconds=4.0):
    audio = clip(rate)
    return Take(Request(Prompt(audio, "clip", 0, audio.samples.shape[1]), seconds, 7, PLAIN), 1)


def moved_by_hand(model, take, moves):
    """`take` as it is when the controls are set before the frames in `moves`, and nobody listens."""
    other, box = Take(take.request, 2), ControlBox(PLAIN)
    for frame in generate(model, other, box, threading.Event()):
        box.set(moves.get(frame.index + 1, frame.controls))
    return other


class Listener:
    """A player in the test's hands: it has taken `taken` samples, and wants to keep them all."""

    def __init__(self, take):
        self.take, self.recalls, self.taken = take, [], take.cut
        take.reader, take.playhead = self, take.cut

    def hear(self, sample):
        self.taken, self.take.playhead = sample + 2_000, sample

    @contextmanager
    def recall(self, source, keep):
        self.recalls.append(keep)
        yield self.taken


def frames_until(frames, count, listener=None):
    """Write on until so many frames are in the take; a listener follows two thirds of a second behind."""
    for frame in frames:
        if listener is not None:
            listener.hear(max(listener.take.cut, listener.take.written - 32_000))
        if frame.index + 1 == count:
            return


def test_the_take_is_as_if_the_knob_had_been_moved_where_it_is_heard(model):
    take, box = a_take(), ControlBox(PLAIN)
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    frames_until(frames, 20)
    listener.hear(take.borders[8] - 3_000)
    box.set(HOT)
    assert next(frames).index == 8
    assert take.history.changes == ((0, PLAIN), (8, HOT))
    assert take.written == take.borders[8] + 1920
    take.playhead = None
    list(frames)
    assert np.array_equal(take.samples, moved_by_hand(model, take, {8: HOT}).samples)
    assert take.peaks.columns(take.cut, take.written, 5).max() == pytest.approx(take.samples[:, take.cut :].max())


def test_a_take_that_was_steered_is_made_again_from_its_recipe(model):
    take, box = a_take(), ControlBox(PLAIN)
    take.trail = Trail()
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    for count, controls in ((20, HOT), (30, COLD), (60, PLAIN), (61, HOT)):
        frames_until(frames, count, listener)
        box.set(controls)
    take.playhead = None
    list(frames)
    assert len(take.history.changes) >= 4
    again = render(model, recipe_of(take, model.info), take.request.prompt, lambda done, of: None, threading.Event())
    assert np.array_equal(again.samples, take.samples)


@pytest.mark.parametrize("alone", ["no playhead", "no reader"])
def test_when_it_is_not_heard_only_what_comes_next_is_different(model, alone):
    take, box = a_take(), ControlBox(PLAIN)
    Listener(take)
    frames = generate(model, take, box, threading.Event())
    frames_until(frames, 20)
    setattr(take, alone.removeprefix("no "), None)
    box.set(HOT)
    assert next(frames).index == 20 and take.history.changes == ((0, PLAIN), (20, HOT))


def test_what_the_listener_has_taken_stays(model):
    take, box = a_take(), ControlBox(PLAIN)
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    frames_until(frames, 20)
    listener.taken, take.playhead = take.written - 1, take.written - 20_000
    box.set(HOT)
    assert next(frames).index == 20 and len(listener.recalls) == 1


def test_until_the_buffer_has_recovered_it_is_not_given_up_again(model):
    take, box = a_take(), ControlBox(PLAIN)
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    frames_until(frames, 20)
    listener.hear(take.borders[10])
    box.set(HOT)
    assert next(frames).index == 12
    box.set(COLD)
    ahead = []
    for frame in frames:
        if frame.index == 12:
            break
        ahead.append(take.ahead)
    recovered = KEEP_SECONDS + 6 * WORK + RECOVERED_SECONDS
    assert ahead[-2] < recovered <= ahead[-1]
    assert take.history.changes == ((0, PLAIN), (12, COLD))


def test_a_slow_device_does_not_give_up_what_it_has(model, monkeypatch):
    monkeypatch.setattr("engine.generate.stopwatch", lambda device: lambda: 0.0125)
    take, box = a_take(), ControlBox(PLAIN)
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    frames_until(frames, 20)
    listener.hear(take.borders[8])
    box.set(HOT)
    assert next(frames).index == 20 and not listener.recalls


def test_a_dragged_slider_neither_starves_the_listener_nor_stands_still(model):
    """Two seconds, the slider moved before every frame; the listener hears 0.009 s of every frame's 0.04."""
    take, box = a_take(), ControlBox(PLAIN)
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    frames_until(frames, 20)
    heard, ahead = float(take.borders[2]), []
    for turn in range(220):
        heard += 3 * WORK * take.rate
        listener.hear(int(heard))
        box.set(Controls(steps=1, temperature=round(0.5 + turn / 400, 4)))
        if next(frames, None) is None:
            break
        ahead.append(take.ahead)
    assert turn > 200 and min(ahead) > 0.04
    assert len(listener.recalls) >= 15 and len(take.history.changes) > 30
    latest = [controls.temperature for _, controls in take.history.changes[1:]]
    assert latest == sorted(latest)


def in_effect(take) -> Controls | None:
    """The controls last changed to, once a frame with them is in the take: it is recorded just before."""
    frame, controls = take.history.changes[-1]
    return controls if frame < len(take.borders) else None


@pytest.mark.parametrize(("rate", "sink_rate"), [(48_000, 48_000), (44_100, 48_000)])
def test_what_comes_out_of_the_device_is_the_take_as_it_finally_is(model, rate, sink_rate):
    """The real player and writer, each in its thread; the test is the device and moves the knob between two blocks."""
    take, box, stop, sinks, heard, late = a_take(rate, 6.0), ControlBox(PLAIN), threading.Event(), [], [], []
    player = Player(lambda pull: sinks.append(HandSink(pull, sink_rate)) or sinks[-1])
    writer = threading.Thread(target=lambda: list(generate(model, take, box, stop)))
    player.play(take, take.cut - rate // 5)
    writer.start()
    try:
        for turn in range(450):
            until(lambda: player._voice.primed and player._voice._ring.readable >= BLOCK, "samples to be ready")
            if turn % 60 == 59:
                until(lambda: take.ahead > 0.6, "the buffer to be full")
                controls, at = [HOT, COLD][turn // 60 % 2], take.cut - rate // 5 + turn * BLOCK * rate // sink_rate
                box.set(controls)
                until(lambda c=controls: in_effect(take) == c, "the knob to take effect")
                late.append((take.borders[take.history.changes[-1][0]] - at) / rate)
            heard.append(sinks[0].take())
            time.sleep(0.001)
        samples = take.samples[:, take.cut - rate // 5 : take.written].copy()
    finally:
        stop.set()
        writer.join()
        player.close()
    heard = np.concatenate(heard, axis=1)
    if rate == sink_rate:
        assert np.array_equal(heard, samples[:, : heard.shape[1]])
    else:
        expected = soxr.resample(samples.T, rate, sink_rate, quality="HQ").T
        assert np.abs(heard - expected[:, : heard.shape[1]])[:, 200:].max() < 1e-5
    assert player.underruns == 0 and len(late) == 7
    assert max(late) < KEEP_SECONDS + 6 * WORK + 0.04 + 0.02, "a frame, and what the device took meanwhile"
