"""The command itself, and the app with a real (untrained) model behind it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import calm_studio
from calm_studio.__main__ import main, model_loader, parse
from engine.errors import CalmError
from tests.calm_studio.fakes import drop, write_clip

ROOT = Path(calm_studio.__file__).parents[1]


def test_arguments():
    args = parse(["a.wav", "loops", "--device", "cpu", "--weights", "models/mine"])
    assert args.files == [Path("a.wav"), Path("loops")]
    assert (args.device, args.weights, args.screenshots) == ("cpu", Path("models/mine"), None)


def test_unknown_arguments_are_refused(capsys):
    with pytest.raises(SystemExit):
        parse(["--devise", "cpu"])
    assert "--devise" in capsys.readouterr().err


def test_without_an_example_there_are_no_pictures_and_the_command_says_why(qapp, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("calm_studio.__main__.ASSETS", tmp_path)
    assert main(["--screenshots", str(tmp_path / "pictures"), "--weights", str(tmp_path)]) == 1
    assert str(tmp_path / "examples") in capsys.readouterr().err


def test_without_a_model_there_are_no_pictures_and_the_command_says_why(qapp, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("calm_studio.__main__.ASSETS", tmp_path)
    (tmp_path / "examples").mkdir()
    write_clip(tmp_path / "examples" / "riff.flac")
    assert main(["--screenshots", str(tmp_path / "pictures"), "--weights", str(tmp_path / "absent")]) == 1
    assert "config.json is missing" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.png"))


def test_the_command_line_module_loads_no_torch():
    code = "import calm_studio.__main__, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_a_folder_without_weights_is_reported_in_the_window(start, qtbot, tmp_path):
    app = start(load=model_loader(tmp_path, "cpu"))
    qtbot.waitUntil(lambda: app.window.banner.isVisible())
    assert str(tmp_path) in app.window.banner.text.text()


def test_a_device_that_is_not_there_is_a_user_error():
    with pytest.raises(CalmError, match="abacus"):
        model_loader(None, "abacus")(lambda done, total, note: None)


def test_a_real_model_continues_a_clip(start, qtbot, tmp_path):
    """The whole way: file, window, session, network, take, player."""

    def load(progress):
        from engine.weights import random_model

        return random_model("tiny")

    from engine.generate import generate

    app = start(load=load, generate=generate)
    drop(app.window, write_clip(tmp_path / "riff.wav", seconds=0.8, rate=44_100, channels=1))
    qtbot.waitUntil(lambda: app.state.clip is not None)
    app.window.controls.length.set_seconds(1.0)
    app.window.controls.continue_button.click()
    qtbot.waitUntil(lambda: bool(app.state.lanes) and app.state.writing is None)
    lane, prompt = app.state.lane, app.state.clip.prompt
    assert lane.take.state == "finished", app.state.notice
    assert np.array_equal(lane.take.samples[:, : lane.take.cut], prompt.samples)
    assert np.isfinite(lane.take.samples).all()
    assert lane.take.samples[:, lane.take.cut :].any()
    assert lane.growth.x_real_time > 0
