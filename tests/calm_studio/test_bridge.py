"""Work leaves the GUI thread and its results come back to it, in order."""

import threading

import pytest

from calm_studio.bridge import Background, Ticker
from engine.errors import CalmError
from engine.session import Session
from tests.engine import fakes


@pytest.fixture
def errors():
    return []


@pytest.fixture
def background(qapp, errors):
    background = Background("work", errors.append)
    yield background
    background.close()


def test_work_is_done_elsewhere_and_its_result_arrives_here(background, qtbot):
    results = []
    background.run(threading.current_thread, lambda thread: results.append((thread, threading.current_thread())))
    qtbot.waitUntil(lambda: bool(results))
    worker, receiver = results[0]
    assert worker.name == "work_0"
    assert receiver is threading.main_thread()


def test_results_arrive_in_the_order_of_the_work(background, qtbot):
    results = []
    for number in range(50):
        background.run(lambda number=number: number, results.append)
    qtbot.waitUntil(lambda: len(results) == 50)
    assert results == sorted(results)


def test_an_error_of_the_user_is_handed_on_and_the_next_work_is_done(background, qtbot, errors):
    def refuse():
        raise CalmError("No", "Try this")

    results = []
    background.run(refuse, results.append)
    background.run(lambda: 7, results.append)
    qtbot.waitUntil(lambda: bool(results))
    assert results == [7]
    assert [error.message for error in errors] == ["No"]


def test_work_may_say_who_is_to_hear_of_its_error(background, qtbot, errors):
    def refuse():
        raise CalmError("No", "Try this")

    own = []
    background.run(refuse, pytest.fail, own.append)
    qtbot.waitUntil(lambda: bool(own))
    assert own[0].message == "No"
    assert errors == []


def test_closing_waits_for_what_was_begun_and_drops_the_rest(background):
    begun, gate, done = threading.Event(), threading.Event(), []

    def slow():
        begun.set()
        gate.wait(5)
        done.append("slow")

    background.run(slow, lambda _: None)
    background.run(lambda: done.append("never"), lambda _: None)
    begun.wait(5)
    threading.Timer(0.05, gate.set).start()
    background.close()
    assert done == ["slow"]


def test_every_event_arrives_once_and_ticks_go_on_without_any(qapp, qtbot):
    session = Session(fakes.load, fakes.each(fakes.sine))
    ticker = Ticker(session)
    batches = []
    ticker.ticked.connect(batches.append)
    job = session.submit(fakes.a_request())
    qtbot.waitUntil(lambda: any(type(event).__name__ == "TakeEnded" for batch in batches for event in batch))
    count = len(batches)
    qtbot.waitUntil(lambda: len(batches) > count + 2)
    ticker.stop()
    session.close()
    names = [type(event).__name__ for batch in batches for event in batch]
    assert names.count("TakeStarted") == names.count("TakeEnded") == names.count("ModelReady") == 1
    grown = [event.written for batch in batches for event in batch if type(event).__name__ == "TakeGrew"]
    assert grown == sorted(set(grown))
    assert job == 1
