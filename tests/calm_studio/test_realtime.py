"""`calm-studio --heartbeat`: what is measured of a window that really continues an example, plays it and is steered."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
import soundfile

from calm_studio import __main__ as command
from calm_studio import realtime
from calm_studio.app import App
from calm_studio.realtime import Knob, Log
from engine.controls import ControlHistory, Controls
from engine.errors import CalmError
from engine.playback import Player
from engine.sinks import NullSink
from engine.trail import Trail
from engine.weights import random_model, save
from tests.engine.fakes import tone


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


def test_the_command_continues_an_example_turns_a_knob_and_prints_what_it_measured(
    qapp, folder, apps, capsys, monkeypatch
):
    monkeypatch.setattr(realtime, "PAUSE_SECONDS", (0.2, 0.3))
    monkeypatch.setattr(realtime, "WEIGH_SECONDS", 0.2)
    words = ["--heartbeat", "2", "--json", "--weights", str(folder / "model"), "--device", "cpu"]
    assert command.main(words) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    delay, speed, memory = result["delay_ms"], result["x_real_time"], result["memory_mb"]
    assert 0 <= delay["p50"] <= delay["p95"] <= delay["p99"] <= delay["max"]
    assert 0 < speed["min"] <= speed["p05"] <= speed["p50"]
    assert result["x_of_a_core"] > 0
    assert result["seconds"] == 2 and result["buffer_s"] == 1.0 and result["underruns"] >= 0
    assert 0 < result["window_cpu"] < 1
    assert 50 < memory["start"] <= memory["max"] and memory["end"] <= memory["max"] and memory["slope"] is not None
    assert 0 < result["first_sound_ms"] < 60_000
    assert result["knob_to_ear_ms"]["moves"] >= 1 and 0 < result["knob_to_ear_ms"]["max"] < 2000
    assert result["steps"]["fewest"] in range(1, 5) and 0 <= result["steps"]["lowered"] <= 1
    take = apps[0].state.lane.take
    assert take.request.seconds == 2 + realtime.SPARE
    assert take.written > take.cut + take.rate
    assert {controls.temperature for _, controls in take.history.changes} >= {1.0, 1.4}
    said = realtime.in_words(result)
    assert f"p99 {delay['p99']}" in said and f"p50 {result['knob_to_ear_ms']['p50']}" in said
    assert f"{memory['max']} at most" in said and f"{speed['p50']} x real time" in said


class Track:
    def __init__(self):
        self.at = 140

    def value(self):
        return self.at

    def setValue(self, value):
        self.at = value


@dataclass
class Written:
    """A take in the test's hands, of frames of ten samples."""

    rate: int = 1000
    borders: list[int] = field(default_factory=lambda: list(range(0, 100, 10)))
    history: ControlHistory = field(default_factory=ControlHistory)


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(realtime.time, "monotonic", lambda: clock.now)
    return clock


@pytest.fixture
def knob(clock):
    track = Track()
    temperature = SimpleNamespace(track=track)
    app = SimpleNamespace(window=SimpleNamespace(controls=SimpleNamespace(temperature=temperature)))
    take = Written()
    take.history.record(0, Controls(temperature=1.4))
    knob = Knob(app, SimpleNamespace(position=0), take)
    clock.now += realtime.PAUSE_SECONDS[0]
    knob.look()
    assert track.at == 100
    return knob


def test_a_move_is_heard_when_the_first_frame_drawn_so_sounds(knob, clock):
    knob.look()
    knob.take.history.record(7, Controls(temperature=1.0))
    clock.now, knob.player.position = clock.now + 0.1, 69
    knob.look()
    assert knob.delays == []
    clock.now, knob.player.position = clock.now + 0.05, 70
    knob.look()
    assert knob.delays == pytest.approx([150.0])


def test_what_was_drawn_so_for_an_earlier_move_does_not_count(knob, clock):
    knob.take.history.record(2, Controls(temperature=1.0))
    knob.player.position = 50
    knob.look()
    clock.now += realtime.PAUSE_SECONDS[1]
    knob.look()  # back to 1.4, which was in effect at first
    knob.look()
    assert len(knob.delays) == 1
    knob.take.history.record(9, Controls(temperature=1.4))
    knob.player.position = 90
    knob.look()
    assert len(knob.delays) == 2


def test_a_frame_that_is_not_in_the_take_yet_is_not_heard(knob):
    knob.take.history.record(10, Controls(temperature=1.0))
    knob.player.position = 100
    knob.look()
    assert knob.delays == []


def test_what_is_written_anew_is_written_twice(clock):
    growth = SimpleNamespace(x_real_time=3.0, controls=Controls(steps=2), lowered=True)
    take = SimpleNamespace(written=0, samples=tone(1.0), trail=Trail())
    log = Log(SimpleNamespace(state=SimpleNamespace(lane=SimpleNamespace(growth=growth))), take)
    for take.written in (100, 200, 150, 250):
        log.look()
    assert log.samples == 300
    assert (log.speeds, log.steps, log.lowered) == ([3.0], [2], 1)  # told once


def test_what_a_take_holds_is_no_growth_of_the_app(clock):
    take = SimpleNamespace(written=0, samples=tone(30.0), trail=SimpleNamespace(bytes=0))
    log = Log(None, take)
    log.weigh()
    take.written, take.trail.bytes = 30 * 48_000, 10_000_000
    log.weigh()
    before, after = log.without
    assert before - after == pytest.approx(30 * 48_000 * 8 / 1e6 + 10, abs=5)
    assert log.memory_mb()["slope"] is None


@pytest.mark.parametrize("seconds", [-1.0, 1e6, float("nan")])
def test_lengths_that_no_take_has_are_refused(app, tmp_path, seconds):
    with pytest.raises(CalmError, match="cannot be measured"):
        realtime.measure(app, None, tmp_path, seconds)  # asked before anything sounds
