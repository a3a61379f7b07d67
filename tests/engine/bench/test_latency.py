import random
import threading

import numpy as np
import pytest

from engine.bench import latency
from engine.bench.latency import Block, Recorder, Watch, first_difference, unmoved
from engine.bench.prompt import request
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.events import TakeEnded, TakeStarted
from engine.generate import generate
from engine.session import Session
from engine.take import Take
from engine.weights import random_model


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def blocks(samples: np.ndarray, size: int = 480) -> list[Block]:
    """As a sink would fetch them, 10 ms each from moment 100 on."""
    return [Block(100 + at / 48_000, samples[:, at : at + size]) for at in range(0, samples.shape[1], size)]


def test_the_first_sample_that_differs_is_found_in_its_block():
    expected = np.random.default_rng(0).standard_normal((2, 4800)).astype(np.float32)
    heard = expected.copy()
    heard[1, 1234:] += 1
    assert first_difference(blocks(heard), expected) == pytest.approx(100 + 1234 / 48_000)


def test_a_move_that_is_not_heard_is_an_error():
    expected = np.ones((2, 4800), np.float32)
    with pytest.raises(CalmError, match="not heard"):
        first_difference(blocks(expected[:, :2000]), expected)


def test_a_recorder_keeps_what_was_given_from_the_first_sound_on():
    recorder, given, enough = Recorder(), [], threading.Event()

    def pull(out):
        out[:] = 0.0 if len(given) < 3 else len(given)
        given.append(out.T.copy())
        if len(given) > 6:
            enough.set()

    sink = recorder.open(pull)
    assert enough.wait(10)
    sink.close()
    assert [block.samples[0, 0] for block in recorder.blocks] == [float(n) for n in range(3, len(given))]
    assert all(a.moment < b.moment for a, b in zip(recorder.blocks, recorder.blocks[1:], strict=False))


def moved_take(model, moves: dict[int, Controls]) -> Take:
    """Of ten frames, with the controls moved at some of them."""
    take = Take(request(48_000, 0.4, Controls("consistency", 2)), 1)
    box = ControlBox(take.request.controls)
    for frame in generate(model, take, box, threading.Event()):
        box.set(moves.get(frame.index + 1, frame.controls))
    return take


def test_without_the_move_the_take_is_the_same_up_to_it_and_all_else_that_was_moved_stays(model):
    moved = moved_take(model, {4: Controls("consistency", 1), 6: Controls("consistency", 1, temperature=1.5)})
    expected = moved_take(model, {4: Controls("consistency", 1)})
    twin = unmoved(model, moved)
    assert np.array_equal(twin, expected.samples[:, expected.cut :])
    same = (twin == moved.samples[:, moved.cut :]).all(axis=0)
    assert same[: 4 * 1920].all()
    assert not same[7 * 1920 :].all()


def test_a_take_that_fails_ends_the_measurement_with_its_words(model):
    def broken(model, rows, stop):
        raise CalmError("The strings are torn", "Put on new ones")
        yield

    session = Session(lambda report: model, broken)
    try:
        with pytest.raises(CalmError, match="strings"):
            latency.one_take(Watch(session), model, random.Random(0), ahead=False)
    finally:
        session.close()


def test_events_are_waited_for_in_their_order_and_none_that_comes_too_soon_is_lost(model):
    session = Session(lambda report: model)
    watch = Watch(session)
    try:
        job = session.submit(request(48_000, 0.2, Controls("consistency", 1)))
        watch.wait(lambda: any(isinstance(event, TakeEnded) for event in watch._events))
        assert watch.event(TakeStarted).job == job
        assert watch.event(TakeEnded) == TakeEnded(job, "finished")
    finally:
        session.close()


def test_what_never_comes_is_not_waited_for_without_end(model, monkeypatch):
    monkeypatch.setattr(latency, "PATIENCE", 0.05)
    session = Session(lambda report: model)
    try:
        with pytest.raises(CalmError, match="Nothing happened"):
            Watch(session).event(TakeEnded)
    finally:
        session.close()
