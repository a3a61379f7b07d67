"""The app killed in the middle of its work; and that the test which does it can tell what is missing."""

import json
import multiprocessing
import zlib
from pathlib import Path

import pytest
import soundfile

from calm_studio import kill_test
from calm_studio.kill_test import Outcome, Said, failed, kill_once, launcher, summary
from engine.errors import CalmError
from engine.project.opening import OpenedTake
from engine.take import Take
from engine.weights import random_model, save
from tests.engine import fakes
from tests.engine.grooves import groove


@pytest.fixture
def written():
    """A take that is written, and all that was said of it."""
    take = Take(fakes.a_request(0.4), 1)
    said = Said(take.cut, take.rate)
    for _ in range(10):
        take.append(fakes.tone(0.04) * len(take.borders) / 10)
        sound = take.samples[:, take.borders[-1] : take.written]
        said.take_in(["add", "1", str(len(take.borders) - 1), str(take.written), str(zlib.crc32(sound.tobytes()))])
    return take, said


def found(take: Take) -> OpenedTake:
    return OpenedTake(take, None)


def test_what_is_there_is_not_missing(written):
    take, said = written
    assert said.missing_ms(found(take)) == 0.0


def test_what_is_missing_is_told_in_milliseconds(written):
    take, said = written
    take.rewind(7)
    assert said.missing_ms(found(take)) == pytest.approx(120.0)
    assert said.missing_ms(None) == pytest.approx(400.0)


def test_what_went_back_is_not_missing(written):
    take, said = written
    said.take_in(["back", "1", "7"])
    take.rewind(7)
    assert said.missing_ms(found(take)) == 0.0


def test_what_is_not_the_same_is_missing(written):
    take, said = written
    take.samples[0, take.borders[4] + 3] += 0.1
    assert said.missing_ms(found(take)) == pytest.approx(240.0)


def test_the_summary_fails_for_a_lost_take_for_too_much_missing_and_for_damage():
    fine = Outcome(2, 0, (0.0, 40.0), 3.0, ())
    result = summary([fine, Outcome(1, 0, (), 0.0, ())])
    assert (result["kills"], result["takes"], result["missing_ms"]["max"], result["kills_with_missing"]) == (
        2,
        3,
        40,
        1,
    )
    assert not failed(result)
    for bad in (Outcome(1, 1, (400.0,), 1.0, ()), Outcome(1, 0, (120.0,), 1.0, ()), Outcome(1, 0, (), 1.0, ("Take",))):
        assert failed(summary([fine, bad]))


def test_after_three_kills_every_take_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(kill_test, "LATEST", 1.5)
    save(random_model("tiny"), tmp_path / "model", "random numbers")
    soundfile.write(tmp_path / "groove.wav", groove(2.0, 44_100, 120.0).T, 44_100)
    process, outcomes = launcher(), []
    for seed in range(3):
        (tmp_path / str(seed)).mkdir()
        outcomes.append(kill_once(process, tmp_path / str(seed), seed, tmp_path / "groove.wav", tmp_path / "model"))
    result = summary(outcomes)
    assert result["takes"] >= 3
    assert "groove.wav" in (tmp_path / "0" / "config" / "CALM Studio" / "recent.json").read_text(), "not the user's own"
    assert not failed(result), json.dumps(result)  # pytest would cut a dict short


def test_an_app_that_does_not_start_is_an_error(tmp_path):
    def ends(target, args):
        return multiprocessing.get_context("spawn").Process(target=print)

    with pytest.raises(CalmError, match="ended before"):
        kill_once(ends, tmp_path, 1, Path("none"), None)
