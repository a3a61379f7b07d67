"""What was heard ahead is what would be heard now, to the last bit; and a session hears ahead only when it is idle."""

import threading

import numpy as np
import pytest

from engine import listening
from engine.ahead import Ahead, work_ahead
from engine.audio import Audio
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.events import ModelReady, TakeEnded
from engine.generate import generate, generate_rows
from engine.listening import prehear as hear_ahead
from engine.request import Place, Prompt, Request
from engine.rows import Row
from engine.session import Session
from engine.take import Take
from engine.trail import Trail, can_fork
from engine.weights import random_model
from tests.engine.takes import clip
from tests.engine.test_session import PATIENCE, ended, seen, until

NUMBERS = iter(range(1, 10_000))
NEVER = threading.Event()


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def a_prompt(rate=48_000, seconds=1.0):
    audio = clip(rate, seconds)
    return Prompt(audio, "clip", 0, audio.samples.shape[1])


def written(model, prompt, trail, **more):
    take = Take(Request(prompt, 0.6, 7, Controls(), **more), next(NUMBERS))
    take.trail = trail
    for _ in generate(model, take, ControlBox(take.request.controls), threading.Event()):
        pass
    return take.samples.tobytes()


@pytest.fixture
def encoded(monkeypatch):
    """How often a prompt was encoded."""
    calls, encode = [], listening.encode
    monkeypatch.setattr(listening, "encode", lambda *args: calls.append(1) or encode(*args))
    return calls


@pytest.mark.parametrize("rate", [48_000, 44_100])
@pytest.mark.parametrize("tries", [1, 2])
def test_a_take_of_a_prompt_that_was_heard_ahead_is_the_same(model, encoded, rate, tries):
    prompt, trail = a_prompt(rate), Trail()
    plain = written(model, prompt, None, tries=tries)
    hear_ahead(model, prompt, trail, NEVER)
    assert len(encoded) == 2
    assert written(model, prompt, trail, tries=tries) == plain
    assert written(model, prompt, trail, tries=tries) == plain, "what one take wrote is heard in the next"
    assert len(encoded) == 2


def test_a_prompt_longer_than_the_window_too(model):
    prompt, trail = a_prompt(seconds=2.0), Trail()
    hear_ahead(model, prompt, trail, NEVER)
    assert written(model, prompt, trail) == written(model, prompt, None)


def test_takes_that_are_written_together_too(model):
    prompt, takes = a_prompt(), []
    for trail in (None, Trail()):
        if trail:
            hear_ahead(model, prompt, trail, NEVER)
        rows = [
            Row(Take(Request(prompt, 0.4, n, Controls()), n, Place(n, 3)), ControlBox(Controls())) for n in range(3)
        ]
        for row in rows:
            row.take.trail = trail
        list(generate_rows(model, rows, threading.Event()))
        takes.append([row.take.samples for row in rows])
    assert all(np.array_equal(a, b) for a, b in zip(*takes, strict=True))
    assert can_fork(rows[2].take, 3)


def test_what_a_take_has_heard_serves_the_next_one(model, encoded):
    prompt, trail = a_prompt(), Trail()
    first = written(model, prompt, trail)
    again = Prompt(prompt.audio, "under another name", prompt.start, prompt.stop)
    assert written(model, again, trail) == first
    assert len(encoded) == 1


def test_only_the_very_samples_count_and_only_the_last_prompt_is_kept(model, encoded):
    prompt, trail = a_prompt(), Trail()
    audio, stop = prompt.audio, prompt.stop
    others = [
        Prompt(audio, "clip", 100, stop),
        Prompt(audio, "clip", 0, stop - 1),
        Prompt(Audio(audio.samples, audio.rate), "clip", 0, stop),
    ]
    hear_ahead(model, prompt, trail, NEVER)
    for other in others:
        assert trail.heard(other) is None
    hear_ahead(model, others[0], trail, NEVER)
    assert trail.heard(prompt) is None and trail.heard(others[0]) is not None
    assert trail.bytes == 0 and len(encoded) == 2


def test_when_it_is_broken_off_nothing_was_heard(model):
    stop, trail = threading.Event(), Trail()
    stop.set()
    hear_ahead(model, a_prompt(), trail, stop)
    assert trail._heard is None


def test_a_prompt_that_cannot_be_continued_is_told(model):
    silent = Prompt(Audio(np.zeros((2, 48_000), np.float32), 48_000), "silence", 0, 48_000)
    with pytest.raises(CalmError, match="silen"):
        hear_ahead(model, silent, Trail(), NEVER)


def test_ahead_keeps_hearing_the_prompt_that_is_needed_and_no_other():
    prompt, other, ahead = a_prompt(), a_prompt(), Ahead()
    ahead.ask(prompt)
    first = ahead.begin()
    assert first.prompt is prompt and ahead.wanted is None
    ahead.give_way(prompt)
    assert not first.stop.is_set()
    ahead.ask(other)
    assert first.stop.is_set() and ahead.wanted.prompt is other
    ahead.give_way(None)
    assert ahead.wanted.stop.is_set()


@pytest.fixture
def open_session(model):
    opened = []

    def open_one(ahead=work_ahead):
        opened.append(Session(lambda report: model, ahead=ahead))
        until(opened[-1], seen(ModelReady))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


def heard(session, prompt):
    until(session, lambda events: session.has_heard(prompt))


def test_a_session_hears_a_prompt_when_it_is_idle(model, open_session, encoded):
    session, prompt = open_session(), a_prompt()
    assert not session.has_heard(prompt)
    session.prehear(prompt)
    heard(session, prompt)
    job = session.submit(Request(prompt, 0.2, 7, Controls()))
    assert until(session, ended(job))[-1] == TakeEnded(job, "finished")
    assert len(encoded) == 1


class Slow:
    """Hears for as long as it is not broken off, or `go` is set."""

    def __init__(self):
        self.begun, self.go, self.broken_off = threading.Semaphore(0), threading.Event(), []

    def __call__(self, model, hearing, trail):
        self.begun.release()
        while not self.go.wait(0.002) and not hearing.stop.is_set():
            pass
        self.broken_off.append(hearing.stop.is_set())

    def wait(self):
        assert self.begun.acquire(timeout=PATIENCE)


def test_a_job_of_another_prompt_breaks_the_hearing_off(open_session):
    slow = Slow()
    session = open_session(slow)
    session.prehear(a_prompt())
    slow.wait()
    job = session.submit(Request(a_prompt(), 0.1, 7, Controls()))
    until(session, ended(job))
    assert slow.broken_off == [True]


def test_a_job_of_the_same_prompt_waits_for_it(open_session):
    slow, prompt = Slow(), a_prompt()
    session = open_session(slow)
    session.prehear(prompt)
    slow.wait()
    job = session.submit(Request(prompt, 0.1, 7, Controls()))
    slow.go.set()
    until(session, ended(job))
    assert slow.broken_off == [False]


def test_of_several_prompts_the_last_is_heard_and_a_session_closes_while_it_hears(open_session):
    slow = Slow()
    session = open_session(slow)
    session.prehear(a_prompt())
    slow.wait()
    for _ in range(3):
        session.prehear(a_prompt())
    session.close()
    assert 1 <= len(slow.broken_off) <= 4 and all(slow.broken_off)


def test_what_goes_wrong_in_it_is_logged_and_the_session_goes_on(open_session, caplog):
    def broken(model, hearing, trail):
        raise RuntimeError("no ears")

    session, prompt = open_session(broken), a_prompt()
    session.prehear(prompt)
    job = session.submit(Request(prompt, 0.1, 7, Controls()))
    until(session, ended(job))
    assert all("unexpected" in record.message for record in caplog.records)
    caplog.clear()
