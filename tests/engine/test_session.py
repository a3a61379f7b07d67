import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.controls import Controls
from engine.errors import CalmError
from engine.events import ModelFailed, ModelLoading, ModelReady, TakeEnded, TakeFailed, TakeGrew, TakeStarted
from engine.governor import Governor
from engine.job import SPEED_WINDOW
from engine.request import Place, Request
from engine.session import MAX_EVENTS, MAX_WAITING, Session
from engine.trail import can_fork
from engine.weights import random_model
from tests.engine.fakes import FakeFrame, FakeModel, Gated, a_request, each, load, sine

PATIENCE = 60.0  # seconds until a test that would wait for ever gives up


@pytest.fixture
def open_session():
    """Opens sessions, and closes them when the test is over."""
    opened = []

    def open_one(load=load, generate=sine) -> Session:
        opened.append(Session(load, each(generate)))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


def until(session: Session, done) -> list:
    """All events up to and including those polled when `done(events)` first holds."""
    events, deadline = [], time.monotonic() + PATIENCE
    while not done(events):
        assert time.monotonic() < deadline, f"still waiting after {events}"
        events += session.poll()
        time.sleep(0.001)
    return events


def seen(kind, job=None):
    return lambda events: any(isinstance(e, kind) and (job is None or e.job == job) for e in events)


def ended(*jobs):
    return lambda events: {e.job for e in events if isinstance(e, TakeEnded | TakeFailed)} >= set(jobs)


def wait_for(event: threading.Event) -> None:
    assert event.wait(PATIENCE), "what the test waits for did not happen"


def only(kind, events) -> list:
    return [event for event in events if isinstance(event, kind)]


def test_the_model_is_loaded_in_the_session_thread_with_progress(open_session):
    threads = []

    def watched(progress):
        threads.append(threading.current_thread())
        return load(progress)

    events = until(open_session(load=watched), seen(ModelReady))
    assert events == [
        ModelLoading(0.5, 1.5, "reading the sine"),
        ModelLoading(1.5, 1.5, "reading the sine"),
        ModelReady("sine", "cpu", "Pocket calculator", 320, 1.5, "CC0-1.0", None),
    ]
    assert threads[0] is not threading.current_thread()
    assert not threads[0].daemon


def test_a_take_is_written_and_every_frame_reported(open_session):
    session = open_session()
    job = session.submit(a_request(seconds=0.4, controls=Controls(steps=2)))
    events = until(session, ended(job))[3:]
    assert [type(e) for e in events] == [TakeStarted] + [TakeGrew] * 10 + [TakeEnded]
    take, grown = events[0].take, only(TakeGrew, events)
    assert [e.frame for e in grown] == list(range(10))
    assert [e.written for e in grown] == [take.cut + 1920 * (n + 1) for n in range(10)]
    assert {e.controls for e in grown} == {Controls(steps=2)}
    assert {e.job for e in events} == {job}
    assert events[-1].reason == take.state == "finished"
    assert take.full
    assert take.id == job


def test_what_the_model_says_of_itself_is_known_once_it_is_loaded(open_session):
    gate = threading.Event()

    def slow(progress):
        gate.wait(5)
        return load(progress)

    session = open_session(load=slow)
    assert session.info is None
    gate.set()
    until(session, seen(ModelReady))
    assert session.info == FakeModel.info


def test_a_take_from_elsewhere_has_a_number_of_its_own(open_session):
    session = open_session()
    numbers = [session.submit(a_request()), session.take_number(), session.take_number(), session.submit(a_request())]
    assert numbers == [1, 2, 3, 4]
    until(session, ended(1, 4))


def test_speed_counts_work_over_the_last_frames_only(open_session):
    def slow_then_fast(model, take, box, stop):
        for frame in sine(model, take, box, stop):
            work = 0.08 if frame.index < 10 else 0.01
            yield FakeFrame(frame.index, frame.controls, backbone=0.5 * work, head=0.3 * work, decoder=0.2 * work)

    session = open_session(generate=slow_then_fast)
    grown = only(TakeGrew, until(session, ended(session.submit(a_request(seconds=2.0)))))
    speed = [e.x_real_time for e in grown]
    assert speed[0] == pytest.approx(0.5)
    assert speed[19] == pytest.approx(20 * 0.04 / (10 * 0.08 + 10 * 0.01))
    assert speed[9 + SPEED_WINDOW] == pytest.approx(4.0)


def test_a_moved_knob_is_used_by_the_next_frame(open_session):
    gate = Gated()
    session = open_session(generate=gate)
    job = session.submit(a_request(seconds=0.12, controls=Controls(temperature=0.5)))
    gate.let(1)
    before = until(session, seen(TakeGrew))
    session.box.set(Controls(temperature=1.5))
    gate.let(10)
    events = before + until(session, ended(job))
    assert [e.controls.temperature for e in only(TakeGrew, events)] == [0.5, 1.5, 1.5]
    history = only(TakeStarted, events)[0].take.history
    assert history.changes == ((0, Controls(temperature=0.5)), (1, Controls(temperature=1.5)))


def test_jobs_are_worked_through_in_order_each_with_its_own_controls(open_session):
    session = open_session()
    jobs = [session.submit(a_request(seconds=0.04, controls=Controls(steps=n))) for n in (1, 2, 3)]
    events = until(session, ended(*jobs))
    assert [e.job for e in only(TakeEnded, events)] == jobs == sorted(set(jobs))
    assert [(e.job, e.controls.steps) for e in only(TakeGrew, events)] == list(zip(jobs, (1, 2, 3), strict=True))


def test_too_many_waiting_jobs_are_refused(open_session):
    session = open_session(generate=Gated())
    first = session.submit(a_request())
    until(session, seen(TakeStarted, first))
    for _ in range(MAX_WAITING):
        session.submit(a_request())
    with pytest.raises(CalmError, match="waiting"):
        session.submit(a_request())


def test_cancel_keeps_what_was_made_and_drops_late_news(open_session):
    gate = Gated()
    session = open_session(generate=gate)
    job = session.submit(a_request(seconds=2.0))
    gate.let(3)
    take = only(TakeStarted, until(session, seen(TakeStarted)))[0].take
    while take.written < take.cut + 3 * 1920:
        assert take.state == "writing"
        time.sleep(0.001)
    session.cancel(job)
    events = until(session, ended(job))
    assert events == [TakeEnded(job, "stopped")]
    assert take.state == "stopped"
    assert take.written == take.cut + 3 * 1920


def test_cancel_reaches_a_generator_that_waits_for_the_listener(open_session):
    def waiting(model, take, box, stop):
        yield next(sine(model, take, box, stop))
        stop.wait(PATIENCE)

    session = open_session(generate=waiting)
    job = session.submit(a_request())
    until(session, seen(TakeGrew))
    session.cancel(job)
    assert until(session, ended(job)) == [TakeEnded(job, "stopped")]


def test_a_frame_finished_after_cancel_is_not_reported(open_session):
    busy, finish = threading.Event(), threading.Event()

    def stubborn(model, take, box, stop):
        busy.set()
        finish.wait(PATIENCE)
        yield next(sine(model, take, box, threading.Event()))

    session = open_session(generate=stubborn)
    job = session.submit(a_request())
    wait_for(busy)
    session.cancel(job)
    finish.set()
    assert not only(TakeGrew, until(session, ended(job)))


def test_a_waiting_job_is_cancelled_at_once_and_never_starts(open_session):
    gate = Gated()
    session = open_session(generate=gate)
    running, waiting, last = (session.submit(a_request(seconds=0.04)) for _ in range(3))
    until(session, seen(TakeStarted, running))
    session.cancel(waiting)
    assert session.poll() == [TakeEnded(waiting, "stopped")]
    gate.let(4)
    events = until(session, ended(running, last))
    assert waiting not in {e.job for e in events}


def test_cancelling_a_job_that_has_ended_changes_nothing(open_session):
    session = open_session()
    job = session.submit(a_request(seconds=0.04))
    take = only(TakeStarted, until(session, ended(job)))[0].take
    session.cancel(job)
    session.cancel(999)
    again = session.submit(a_request(seconds=0.04))
    assert {e.job for e in until(session, ended(again))} == {again}
    assert take.state == "finished"


def test_an_error_ends_the_take_and_the_session_goes_on(open_session, caplog):
    def breaks_once(model, take, box, stop):
        for frame in sine(model, take, box, stop):
            yield frame
            if take.request.seed == 13:
                raise ZeroDivisionError("thirteen")

    session = open_session(generate=breaks_once)
    bad, good = session.submit(a_request(seed=13)), session.submit(a_request())
    events = until(session, ended(bad, good))
    [failed] = only(TakeFailed, events)
    assert failed.job == bad
    assert "ZeroDivisionError: thirteen" in failed.message
    assert failed.advice
    take = only(TakeStarted, events)[0].take
    assert (take.state, take.written) == ("failed", take.cut + 1920)
    assert TakeEnded(good, "finished") in events
    assert caplog.records[0].exc_info[0] is ZeroDivisionError
    caplog.clear()


def test_an_error_made_for_users_keeps_its_words(open_session):
    def refuses(model, take, box, stop):
        raise CalmError("The prompt is too long", "Trim it")

    session = open_session(generate=refuses)
    job = session.submit(a_request())
    assert until(session, ended(job))[-1] == TakeFailed(job, "The prompt is too long", "Trim it")


@pytest.mark.parametrize(
    "greedy",
    [
        lambda: np.empty(1 << 60, np.uint8),
        lambda: torch.empty(1 << 60, dtype=torch.uint8),
        lambda: (_ for _ in ()).throw(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")),
        lambda: (_ for _ in ()).throw(RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)")),
    ],
    ids=["numpy", "torch", "cuda", "mps"],
)
def test_running_out_of_memory_is_said_with_advice(open_session, caplog, greedy):
    def hungry(model, take, box, stop):
        yield next(sine(model, take, box, stop))
        list(greedy() or ())

    session = open_session(generate=hungry)
    job = session.submit(a_request())
    [failed] = only(TakeFailed, until(session, ended(job)))
    assert failed.message == "The memory ran out"
    assert "shorter prompt" in failed.advice
    assert "CPU" in failed.advice
    caplog.clear()


def test_a_model_that_cannot_be_loaded_fails_every_job_in_the_same_words(open_session):
    def broken(progress):
        raise CalmError("The weights are truncated", "Install them again")

    session = open_session(load=broken)
    assert until(session, seen(ModelFailed)) == [ModelFailed("The weights are truncated", "Install them again")]
    for _ in range(2):
        job = session.submit(a_request())
        assert until(session, ended(job)) == [TakeFailed(job, "The weights are truncated", "Install them again")]


def test_news_of_progress_is_dropped_when_nobody_listens_and_the_rest_is_kept(open_session):
    all_written = threading.Event()

    def announced(model, take, box, stop):
        yield from sine(model, take, box, stop)
        if take.id == last:
            all_written.set()

    session = open_session(generate=announced)
    job, last = session.submit(a_request(seconds=2 * MAX_EVENTS / 25)), 2
    assert session.submit(a_request(seconds=0.04)) == last
    wait_for(all_written)
    events = session.poll()
    events += [] if ended(last)(events) else until(session, ended(last))
    assert len(only(TakeGrew, events)) == MAX_EVENTS - 4
    assert only(TakeEnded, events) == [TakeEnded(job, "finished"), TakeEnded(last, "finished")]
    assert [e.job for e in only(TakeStarted, events)] == [job, last]


def test_close_stops_everything_and_joins_the_thread(open_session):
    session = open_session(generate=Gated())
    running, waiting = session.submit(a_request()), session.submit(a_request())
    take = only(TakeStarted, until(session, seen(TakeStarted, running)))[0].take
    session.close()
    assert not session._thread.is_alive()
    assert ended(running, waiting)(session.poll())
    assert take.state == "stopped"
    with pytest.raises(RuntimeError, match="closed"):
        session.submit(a_request())


def test_close_breaks_off_loading(open_session):
    loading = threading.Event()

    def long(progress):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            progress(0.0, 1.0, "reading for long")
            loading.set()
            time.sleep(0.001)
        return FakeModel()

    session = open_session(load=long)
    wait_for(loading)
    session.close()
    assert not session._thread.is_alive()
    assert seen(ModelFailed)(session.poll())


def test_opening_a_session_waits_for_nothing(open_session):
    go = threading.Event()

    def slow(progress):
        go.wait(PATIENCE)
        return load(progress)

    session = open_session(load=slow)
    job = session.submit(a_request())
    assert session.poll() == []
    go.set()
    assert seen(TakeStarted, job)(until(session, ended(job)))


def test_a_real_model_goes_the_main_path():
    session = Session(lambda progress: random_model("tiny"))
    try:
        job = session.submit(a_request(seconds=0.2))
        events = until(session, ended(job))
    finally:
        session.close()
    ready, started = only(ModelReady, events)[0], only(TakeStarted, events)[0]
    assert (ready.name, ready.device) == ("tiny", "cpu")
    assert ready.parameters > 1000
    assert events[-1] == TakeEnded(job, "finished")
    assert all(e.x_real_time > 0 for e in only(TakeGrew, events))
    assert started.take.full
    assert np.abs(started.take.audio.samples[:, started.take.cut :]).max() > 0


def test_the_same_recipe_gives_the_same_samples_in_any_job():
    session = Session(lambda progress: random_model("tiny"))
    try:
        jobs = [session.submit(a_request(seconds=0.12, seed=seed)) for seed in (7, 8, 7)]
        events = until(session, ended(*jobs))
    finally:
        session.close()
    first, other, again = (e.take.audio.samples for e in only(TakeStarted, events))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_growth_says_how_far_it_is_ahead_and_whether_steps_are_held_down(open_session):
    def held_down(model, take, box, stop):
        for frame in sine(model, take, box, stop):
            take.playhead = take.written - 24_000
            yield replace(frame, controls=Controls(steps=2), asked=frame.controls)
            take.playhead = None
            yield frame

    session = open_session(generate=held_down)
    grown = only(TakeGrew, until(session, ended(session.submit(a_request(seconds=0.04)))))
    assert [(e.seconds_ahead, e.lowered, e.controls.steps) for e in grown] == [(0.5, True, 2), (None, False, 4)]


def test_speed_does_not_go_back_with_the_take(open_session):
    def rewinding(model, take, box, stop):
        frames = sine(model, take, box, stop)
        for _ in range(10):
            yield next(frames)
        take.rewind(4)
        yield from frames

    session = open_session(generate=rewinding)
    grown = only(TakeGrew, until(session, ended(session.submit(a_request(seconds=0.8)))))
    assert grown[9].x_real_time == pytest.approx(4.0)
    assert grown[10].written < grown[9].written
    assert grown[10].x_real_time == pytest.approx(4.0 * 10 / 11)


def test_a_take_of_a_session_can_be_forked_in_it():
    session = Session(lambda progress: random_model("tiny"))
    try:
        first = session.submit(a_request(seconds=0.4))
        parent = only(TakeStarted, until(session, ended(first)))[0].take
        assert can_fork(parent, 6) and session.box.governor == Governor()
        second = session.submit(Request.forked(parent, 6, 0.2, 8, Controls()))
        child = only(TakeStarted, until(session, ended(second)))[0].take
    finally:
        session.close()
    border = parent.borders[6]
    assert child.full and child.written == border + round(0.2 * child.rate)
    assert np.array_equal(child.samples[:, :border], parent.samples[:, :border])


def test_a_fork_whose_trail_is_gone_fails_in_words(open_session):
    session = open_session()
    job = session.submit(a_request())
    take = only(TakeStarted, until(session, ended(job)))[0].take
    failed = until(session, ended(session.submit(Request.forked(take, 2, 1.0, 8, Controls()))))[-1]
    assert isinstance(failed, TakeFailed) and "cannot be forked" in failed.message and failed.advice


def variations(count, seconds=0.4, **more):
    one = a_request(seconds, **more)
    return [replace(one, seed=number, controls=Controls(steps=number + 1)) for number in range(count)]


def test_variations_are_written_together_each_with_its_own_number_and_controls(open_session):
    session = open_session()
    jobs = session.submit_variations(variations(3))
    events = until(session, ended(*jobs))
    takes = [event.take for event in only(TakeStarted, events)]
    assert [take.id for take in takes] == jobs == [1, 2, 3]
    assert [take.place for take in takes] == [Place(0, 3), Place(1, 3), Place(2, 3)]
    grown = only(TakeGrew, events)
    assert [(e.job, e.frame) for e in grown] == [(job, frame) for frame in range(10) for job in jobs]
    assert [e.controls.steps for e in grown[:3]] == [1, 2, 3]
    assert [e for e in events if isinstance(e, TakeEnded)] == [TakeEnded(job, "finished") for job in jobs]
    assert {take.state for take in takes} == {"finished"}


def test_each_variation_has_a_box_of_its_own(open_session):
    gate = Gated()
    session = open_session(generate=gate)
    first, second = session.submit_variations(variations(2, seconds=0.12))
    gate.let(2)
    events = until(session, seen(TakeGrew, second))
    assert session.box_of(first) is session.box and session.box_of(second) is not session.box
    session.box_of(second).set(Controls(temperature=1.5))
    gate.let(10)
    events += until(session, ended(first, second))
    moved = [(e.job, e.controls.temperature) for e in only(TakeGrew, events)]
    assert moved == [(1, 1.4), (2, 1.4), (1, 1.4), (2, 1.5), (1, 1.4), (2, 1.5)]
    assert session.box_of(second) is session.box, "nothing of that number is being written"


def test_one_variation_is_stopped_and_the_others_go_on(open_session):
    gate = Gated()
    session = open_session(generate=gate)
    jobs = session.submit_variations(variations(3))
    gate.let(6)
    events = until(session, lambda events: len(only(TakeGrew, events)) == 6)
    session.cancel(jobs[1])
    gate.let(2)
    events += until(session, ended(jobs[1]))
    takes = [event.take for event in only(TakeStarted, events)]
    assert takes[1].state == "stopped" and takes[0].state == takes[2].state == "writing"
    session.cancel(jobs[1])
    gate.let(100)
    events += until(session, ended(jobs[0], jobs[2]))
    assert only(TakeEnded, events) == [
        TakeEnded(jobs[1], "stopped"),
        TakeEnded(jobs[0], "finished"),
        TakeEnded(jobs[2], "finished"),
    ]
    assert [len(take.borders) for take in takes] == [10, 2, 10]


def test_when_the_last_variation_is_stopped_the_job_ends(open_session):
    gate = Gated()
    session = open_session(generate=gate)
    jobs, after = session.submit_variations(variations(2)), session.submit(a_request(seconds=0.04))
    gate.let(2)
    until(session, seen(TakeGrew, jobs[1]))
    for job in jobs:
        session.cancel(job)
    gate.let(10)
    events = until(session, ended(after))
    assert {e.job for e in only(TakeGrew, events)} == {after}
    assert {e for e in only(TakeEnded, events) if e.job in jobs} == {TakeEnded(job, "stopped") for job in jobs}


def test_a_waiting_variation_is_taken_out_and_the_others_are_written(open_session):
    gate = Gated()
    session = open_session(generate=gate)
    running, jobs = session.submit(a_request(seconds=0.04)), session.submit_variations(variations(3, seconds=0.04))
    until(session, seen(TakeStarted, running))
    session.cancel(jobs[0])
    assert session.poll() == [TakeEnded(jobs[0], "stopped")]
    gate.let(20)
    events = until(session, ended(running, *jobs[1:]))
    assert [e.take.place for e in only(TakeStarted, events)] == [Place(0, 2), Place(1, 2)]


def test_an_error_ends_all_variations_in_the_same_words(open_session):
    def refuses(model, take, box, stop):
        yield next(sine(model, take, box, stop))
        raise CalmError("The prompt is too long", "Trim it")

    session = open_session(generate=refuses)
    jobs = session.submit_variations(variations(2))
    events = until(session, ended(*jobs))
    assert only(TakeFailed, events) == [TakeFailed(job, "The prompt is too long", "Trim it") for job in jobs]
    assert {event.take.state for event in only(TakeStarted, events)} == {"failed"}


def test_what_cannot_be_written_together_is_refused(open_session):
    session = open_session()
    for wrong in ([], variations(5), [a_request(), a_request(seconds=1.0)]):
        with pytest.raises(CalmError):
            session.submit_variations(wrong)


def test_waiting_variations_are_counted_one_by_one(open_session):
    session = open_session(generate=Gated())
    first = session.submit(a_request())
    until(session, seen(TakeStarted, first))
    for _ in range(MAX_WAITING // 4):
        session.submit_variations(variations(4))
    with pytest.raises(CalmError, match="waiting"):
        session.submit(a_request())


def test_real_variations_and_forks_of_one_of_them():
    session = Session(lambda progress: random_model("tiny"))
    try:
        jobs = session.submit_variations(variations(3))
        takes = [e.take for e in only(TakeStarted, until(session, ended(*jobs)))]
        asked = [Request.forked(takes[2], 5, 0.2, seed, Controls()) for seed in (8, 9)]
        forks = session.submit_variations(asked)
        children = [e.take for e in only(TakeStarted, until(session, ended(*forks)))]
    finally:
        session.close()
    assert all(take.full for take in takes + children)
    assert len({take.samples.tobytes() for take in takes + children}) == 5
    border = takes[2].borders[5]
    assert all(np.array_equal(child.samples[:, :border], takes[2].samples[:, :border]) for child in children)
