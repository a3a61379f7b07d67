"""`calm-studio --soak`: a random hand in the real window, and what is said of it."""

import json
import random

import pytest
import soundfile

from calm_studio import __main__ as command
from calm_studio import soak
from calm_studio.app import App
from calm_studio.random_hand import MOST_TAKES, RandomHand
from engine.errors import CalmError
from engine.weights import random_model, save
from tests.engine.fakes import tone


@pytest.fixture
def hand(grooving, make):
    """In a window with two takes."""
    for _ in range(2):
        make(grooving)
    hand = RandomHand(grooving, random.Random(1))
    yield hand
    hand.close()


def test_every_action_can_be_done_and_none_goes_wrong(hand, grooving, qtbot):
    """With takes there and without; exceptions in slots fail a test by themselves."""
    for _ in range(2):
        for action in hand.actions:
            action()
            qtbot.wait(20)
        grooving.making.stop()
        qtbot.waitUntil(lambda: grooving.state.writing is None and not grooving.state.waiting)
        for lane in grooving.state.lanes:
            grooving.window.timeline.sought.emit(lane.take.id, 0.0)
            hand.delete()


def test_the_same_seed_does_the_same(grooving):
    counts = []
    for _ in range(2):
        hand = RandomHand(grooving, random.Random(7))
        hand.actions = {action: weight for action, weight in hand.actions.items() if action != hand.continue_clip}
        for _ in range(30):
            hand.act()
        counts.append(hand.done)
        hand.close()
    assert counts[0] == counts[1]
    assert sum(counts[0].values()) == 30


def test_there_are_never_more_takes_than_that(hand, grooving, qtbot):
    for _ in range(MOST_TAKES):
        hand.duplicate()
    qtbot.waitUntil(lambda: len(grooving.state.lanes) >= MOST_TAKES)
    count = len(grooving.state.lanes)
    hand.actions = {hand.continue_clip: 1}
    hand.act()
    assert hand.done == {"delete": 1}
    assert len(grooving.state.lanes) == count - 1


def test_what_the_app_refuses_is_counted_and_good_news_is_not(hand, grooving):
    grooving.desk.report(CalmError("The disk is full", "Make room"))
    hand.act()
    grooving.desk.inform("Saved", "There")
    hand.act()
    assert hand.refused == {"The disk is full": 1}


def test_the_slope_is_that_after_the_warm_up():
    minutes = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    megabytes = [100.0, 500.0, 600.0, 602.0, 604.0, 606.0, 608.0]
    assert soak.slope(minutes, megabytes) == pytest.approx(2.0)
    assert soak.slope(minutes[:2], megabytes[:2]) is None


def test_no_time_at_all_is_refused(app, tmp_path):
    with pytest.raises(CalmError, match="cannot be measured"):
        soak.measure(app, None, None, tmp_path, 0.0)


def test_the_command_uses_the_window_and_prints_what_came_of_it(qapp, tmp_path, monkeypatch, capsys):
    save(random_model("tiny"), tmp_path / "model", "random numbers")
    (tmp_path / "examples").mkdir()
    soundfile.write(tmp_path / "examples" / "riff.flac", tone(3.0).T, 48_000)
    monkeypatch.setattr(command, "ASSETS", tmp_path)
    made = []
    monkeypatch.setattr(command, "App", lambda *args: made.append(App(*args)) or made[-1])
    words = ["--soak", "0.05", "--json", "--weights", str(tmp_path / "model"), "--device", "cpu"]
    assert command.main(words) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["exceptions"] == 0, result["said"]
    assert result["busy_p99_ms"] > 0
    assert result["heartbeat_p99_ms"] > 0 and result["underruns"] >= 0
    assert sum(result["actions"].values()) >= 2
    assert "0 exceptions" in soak.in_words(result)
    made[0].window.deleteLater()
