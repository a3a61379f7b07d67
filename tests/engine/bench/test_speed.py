import pytest

from engine.bench import speed
from engine.controls import Controls
from engine.weights import random_model


@pytest.fixture
def model():
    return random_model("tiny")


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(speed, "WARM_UP_SECONDS", 0.1)
    monkeypatch.setattr(speed, "STARTS", 2)


def test_every_way_that_there_is_is_measured_with_every_sampler(model):
    told = []
    names = ("torch", "cuda graphs", "onnxruntime fp32")  # the second is not for a CPU
    result = speed.run(model, names, 0.2, lambda done, total: told.append((done, total)))
    assert [number for number, _ in told] == [0, 0, 1, 2, 3, 6, 6, 7, 8]
    assert {total for _, total in told} == {9}
    assert [(row["arithmetic"], row["sampler"], row["steps"]) for row in result["rows"]] == [
        (name, *draw)
        for name in ("torch", "onnxruntime fp32")
        for draw in (("consistency", 1), ("consistency", 4), ("trigflow", 100))
    ]
    assert result["device"] == "cpu"


def test_a_row_adds_up(model):
    row = speed.measure(model, Controls("consistency", 2), 0.4)
    frames, first = row["ms_per_frame"], row["first_audio_ms"]
    assert (row["arithmetic"], row["steps"], row["seconds"]) == ("torch", 2, 0.4)
    assert frames["mean"] == pytest.approx(frames["backbone"] + frames["head"] + frames["decoder"], abs=0.05)
    assert frames["p50"] <= frames["p95"] <= frames["max"]
    assert 0 < first["p50"] <= first["max"]
    assert row["x_real_time"] > 0 and row["x_of_a_core"] > 0
    assert row["memory_mb"] > 50
