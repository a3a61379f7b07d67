"""The app on a real X server, its keys pressed by another program."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import calm_studio
from tests.calm_studio.fakes import write_clip

ROOT = Path(calm_studio.__file__).parents[1]
PATIENCE = 30.0


@pytest.fixture
def display(tmp_path):
    """An X server of our own; it chooses a free number itself."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1500x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as number:
        yield f":{number.readline().strip()}"
    server.terminate()
    server.wait()


def wait_for(path: Path, condition: Callable[[dict], bool]) -> dict:
    """The first status that fulfils `condition`."""
    end = time.monotonic() + PATIENCE
    status = {}
    while time.monotonic() < end:
        if path.exists():
            status = json.loads(path.read_text())
            if condition(status):
                return status
        time.sleep(0.02)
    pytest.fail(f"waited in vain; the last status was {status}")


def test_ctrl_return_continues_and_space_stops_on_a_real_screen(display, tmp_path):
    env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    clip, path = write_clip(tmp_path / "riff.wav", seconds=3.0), tmp_path / "status.json"
    command = [sys.executable, "-m", "tests.calm_studio.sine_app", str(clip), str(path)]
    app = subprocess.Popen(command, cwd=ROOT, env=env)

    def xdotool(*words: str) -> None:
        subprocess.run(["xdotool", *words], env=env, check=True, stdout=subprocess.DEVNULL)

    try:
        wait_for(path, lambda status: status["clips"] == 1)
        xdotool("search", "--sync", "--onlyvisible", "--name", "CALM Studio", "windowfocus", "--sync")
        wait_for(path, lambda status: status["active"])
        xdotool("key", "ctrl+Return")
        grown = wait_for(path, lambda status: status["playing"] and status["written"] > 0)
        assert grown["takes"] == 1
        wait_for(path, lambda status: status["written"] > grown["written"])
        xdotool("key", "space")
        wait_for(path, lambda status: not status["playing"])
        xdotool("key", "space")
        wait_for(path, lambda status: status["playing"])
    finally:
        app.terminate()
        app.wait()
