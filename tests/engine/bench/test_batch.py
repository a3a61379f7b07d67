import threading

import numpy as np
import pytest

from engine.bench import batch
from engine.weights import random_model


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def test_every_case_is_measured_with_one_to_four_takes(model):
    told = []
    result = batch.batch(model, 2, lambda done, total: told.append((done, total)))
    rows = result["rows"]
    assert [(row["case"], row["takes"]) for row in rows] == [(case, n) for case in batch.CASES for n in (1, 2, 3, 4)]
    assert all(row["frame_ms"] > 0 for row in rows)
    assert [row["times_one"] for row in rows if row["takes"] == 1] == [1.0] * len(batch.CASES)
    assert told[-1] == (1, 2) and result["arithmetic"] == "torch"


def test_one_take_costs_what_the_first_of_four_asks_for(model):
    for case, (_, controls) in batch.CASES.items():
        (frame,) = next(batch.written(model, case, 1))
        frames = next(batch.written(model, case, 4))
        assert frame.controls == controls[0] == frames[0].controls
        assert tuple(each.controls for each in frames) == tuple(controls)


def test_the_sheet_is_told(model, monkeypatch):
    bends = []
    monkeypatch.setattr(model.calm.follow, "forward", lambda z, *rest: bends.append(len(z)) or z)
    next(batch.written(model, "alike", 4))
    assert bends == []
    next(batch.written(model, "with a lead sheet", 4))
    assert bends == [4]


def test_takes_of_a_batch_differ(model):
    rows = batch._rows(batch.request(48_000, 0.2, batch.USUAL), None, [batch.USUAL] * 2)
    list(batch.generate_rows(model, rows, threading.Event()))
    assert not np.array_equal(rows[0].take.samples, rows[1].take.samples)
