import dataclasses
import threading

import pytest

from engine.controls import ControlBox, ControlHistory, Controls
from engine.errors import CalmError


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"sampler": "trigflow", "steps": 200},
        {"steps": 1, "temperature": 0.0},
        {"temperature": 2.0},
        {"recall": 3.0},
    ],
)
def test_the_whole_range_can_be_used(good):
    assert dataclasses.asdict(Controls(**good)).items() >= good.items()


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"sampler": "euler"}, "euler"),
        ({"steps": 0}, "0 steps"),
        ({"steps": 201}, "201 steps"),
        ({"steps": 2.5}, "2.5 steps"),
        ({"temperature": -0.01}, "-0.01"),
        ({"temperature": 2.01}, "2.01"),
        ({"temperature": float("nan")}, "nan"),
        ({"recall": 3.1}, "3.1"),
        ({"recall": -0.1}, "-0.1"),
    ],
)
def test_a_value_outside_the_range_is_an_error_that_names_it(bad, named):
    with pytest.raises(CalmError) as caught:
        Controls(**bad)
    assert named in caught.value.message
    assert caught.value.advice


def test_controls_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Controls().steps = 2


def test_the_box_gives_back_the_last_value_put_in():
    box = ControlBox(Controls(steps=1))
    assert box.get() == Controls(steps=1)
    box.set(Controls(steps=2))
    assert box.get() == Controls(steps=2)


def test_a_reader_never_sees_half_a_change():
    whole = [Controls("consistency", 1, 0.1), Controls("trigflow", 100, 1.9)]
    box, seen, done = ControlBox(whole[0]), set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add(box.get())

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(5000):
        box.set(whole[turn % 2])
    done.set()
    reader.join()
    assert seen <= set(whole)


def test_the_history_stores_only_changes():
    history = ControlHistory()
    for frame, steps in enumerate([4, 4, 4, 1, 1, 4]):
        history.record(frame, Controls(steps=steps))
    assert history.changes == ((0, Controls(steps=4)), (3, Controls(steps=1)), (5, Controls(steps=4)))


def test_every_frame_can_be_looked_up_again():
    history, made_with = ControlHistory(), [Controls(steps=1 + frame // 7 % 3) for frame in range(60)]
    for frame, controls in enumerate(made_with):
        history.record(frame, controls)
    assert [history.at(frame) for frame in range(60)] == made_with
    assert history.at(10_000) == made_with[-1]


def test_a_frame_before_the_first_record_is_unknown():
    history = ControlHistory()
    with pytest.raises(LookupError):
        history.at(0)
    history.record(5, Controls())
    with pytest.raises(LookupError):
        history.at(4)


def test_the_past_cannot_be_recorded_anew():
    history = ControlHistory()
    history.record(5, Controls())
    with pytest.raises(ValueError, match="frame 4"):
        history.record(4, Controls(steps=1))
    assert history.changes == ((5, Controls()),)


def test_changes_given_out_are_not_the_history_itself():
    history = ControlHistory()
    history.record(0, Controls())
    before = history.changes
    history.record(1, Controls(steps=9))
    assert before == ((0, Controls()),)


def test_going_back_forgets_what_is_made_anew():
    history = ControlHistory()
    for frame in range(10):
        history.record(frame, Controls(steps=1 + frame // 3))
    before = history.changes
    history.rewind(6)
    assert history.changes == before[:2]
    history.record(6, Controls(steps=9))
    history.record(7, Controls(steps=2))
    assert history.changes == (*before[:2], (6, Controls(steps=9)), (7, Controls(steps=2)))


def test_a_history_until_a_frame_is_another_one():
    history = ControlHistory(((0, Controls()), (4, Controls(steps=1))))
    early = history.until(4)
    early.record(4, Controls(steps=7))
    assert early.changes == ((0, Controls()), (4, Controls(steps=7)))
    assert history.until(5).changes == history.changes == ((0, Controls()), (4, Controls(steps=1)))
    assert history.until(0).changes == ()
