"""`calm-studio --heartbeat`: the delay of a timer in a window that really continues an example."""

import json
import time

import pytest
import soundfile
from PySide6.QtCore import QTimer

from calm_studio import __main__ as command
from calm_studio import heartbeat
from calm_studio.app import App
from calm_studio.heartbeat import beats, lateness
from engine.errors import CalmError
from engine.playback import Player
from engine.sinks import NullSink
from engine.weights import random_model, save
from tests.engine.fakes import tone


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([0, 10, 20, 30], [0, 0, 0]),
        ([0, 10, 22, 30], [0, 2, 0]),  # one that comes too soon is not late
        ([0, 10, 45, 55], [0, 25, 15, 5, 0]),  # two fell out: they are as late as the one that came
    ],
)
def test_lateness(moments, expected):
    assert lateness([float(moment) for moment in moments]) == expected


def test_beats_come_while_the_loop_runs_and_one_that_is_held_up_is_late(qapp):
    calls = []
    QTimer.singleShot(100, lambda: time.sleep(0.08))
    moments = beats(0.4, lambda: calls.append(len(calls)))
    assert 5 < len(moments) == len(calls) < 45
    assert list(moments) == sorted(moments)
    assert max(lateness(moments)) >= 60


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Assets with the tiny model and one example; takes sound on no device."""
    save(random_model("tiny"), tmp_path / "model", "random numbers")
    (tmp_path / "examples").mkdir()
    soundfile.write(tmp_path / "examples" / "riff.flac", tone(3.0).T, 48_000)
    monkeypatch.setattr(command, "ASSETS", tmp_path)
    monkeypatch.setattr(command, "Player", lambda open_sink: Player(NullSink))
    return tmp_path


@pytest.fixture
def apps(monkeypatch):
    """The apps that the command makes."""
    made = []

    def keep(*args):
        made.append(App(*args))
        return made[-1]

    monkeypatch.setattr(command, "App", keep)
    yield made
    for app in made:
        app.window.deleteLater()


def test_the_command_continues_an_example_and_prints_the_delay(qapp, folder, apps, capsys):
    words = ["--heartbeat", "1", "--json", "--weights", str(folder / "model"), "--device", "cpu"]
    assert command.main(words) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    delay = result["delay_ms"]
    assert 0 <= delay["p50"] <= delay["p95"] <= delay["p99"] <= delay["max"]
    assert result["seconds"] == 1
    assert result["underruns"] >= 0
    assert 0 < result["window_cpu"] < 1
    assert result["x_real_time"] > 0
    take = apps[0].state.lane.take
    assert take.request.seconds == 1 + heartbeat.SPARE
    assert take.written > take.cut + take.rate


def test_in_words():
    result = {
        "seconds": 60.0,
        "device": "Pocket calculator",
        "delay_ms": {"mean": 1.0, "p50": 0.5, "p95": 3.0, "max": 9.0, "p99": 4.0},
        "window_cpu": 0.08,
        "underruns": 0,
        "x_real_time": 3.5,
    }
    said = heartbeat.in_words(result)
    assert "1.0 ms late in the mean, p95 3.0, p99 4.0, at most 9.0" in said
    assert "took 8% of a core" in said and "0 underruns in 60 s" in said


@pytest.mark.parametrize("seconds", [-1.0, 1e6, float("nan")])
def test_lengths_that_no_take_has_are_refused(app, tmp_path, seconds):
    with pytest.raises(CalmError, match="cannot be measured"):
        heartbeat.measure(app, None, tmp_path, seconds)  # asked before anything sounds
