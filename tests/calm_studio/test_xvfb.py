"""The app on a real X server, its keys pressed by another program."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

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


def resting(path: Path, name: str) -> list[int]:
    """Where something lies once it has stayed there for half a second: lanes move while they are laid out."""
    seen: list[tuple[float, list[int]]] = []

    def rests(status: dict) -> bool:
        if not seen or seen[-1][1] != status[name]:
            seen.append((time.monotonic(), status[name]))
        return time.monotonic() - seen[-1][0] > 0.5

    return wait_for(path, rests)[name]


def wait_for_file(folder: Path) -> None:
    """The drag begins once the take is written into its file."""
    end = time.monotonic() + PATIENCE
    while not list(folder.glob("*.wav")):
        assert time.monotonic() < end, "no file was written"
        time.sleep(0.05)
    time.sleep(0.2)


@pytest.fixture
def screen(display, tmp_path):
    """The app with a clip of three seconds on its shelf, on a screen of its own."""
    screen = Screen(display, tmp_path)
    try:
        wait_for(screen.status, lambda status: status["clips"] == 1)
        screen.xdotool("search", "--sync", "--onlyvisible", "--name", "CALM Studio", "windowfocus", "--sync")
        wait_for(screen.status, lambda status: status["active"])
        yield screen
    finally:
        screen.close()


class Screen:
    """Programs on one display: the app, others, and xdotool, which plays the user."""

    def __init__(self, display: str, folder: Path):
        self._env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self._programs: list[subprocess.Popen] = []
        self.status = folder / "status.json"
        self.start("sine_app", str(write_clip(folder / "riff.wav", seconds=3.0)), str(self.status))

    def start(self, module: str, *args: str) -> None:
        command = [sys.executable, "-m", f"tests.calm_studio.{module}", *args]
        self._programs.append(subprocess.Popen(command, cwd=ROOT, env=self._env))

    def xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self._env, check=True, stdout=subprocess.DEVNULL)

    def hover(self, x: int, y: int, received: Path) -> None:
        """Move about until what is dragged is seen there: where the drag begins late it has missed the way."""
        end = time.monotonic() + PATIENCE
        while not json.loads(received.read_text())["over"]:
            assert time.monotonic() < end, "nothing is dragged over the other program"
            self.xdotool("mousemove", str(x + 1), str(y), "sleep", "0.1", "mousemove", str(x), str(y), "sleep", "0.1")

    def close(self) -> None:
        for program in self._programs:
            program.terminate()
            program.wait()


def test_ctrl_return_continues_and_space_stops_on_a_real_screen(screen):
    screen.xdotool("key", "ctrl+Return")
    grown = wait_for(screen.status, lambda status: status["playing"] and status["written"] > 0)
    assert grown["takes"] == 1
    wait_for(screen.status, lambda status: status["written"] > grown["written"])
    screen.xdotool("key", "space")
    wait_for(screen.status, lambda status: not status["playing"])
    screen.xdotool("key", "space")
    wait_for(screen.status, lambda status: status["playing"])


def test_a_take_is_dragged_into_another_program(screen, tmp_path):
    received = tmp_path / "received.json"
    screen.start("drop_target", str(received))
    wait_for(received, lambda drop: drop["ready"])
    screen.xdotool("key", "ctrl+Return")
    wait_for(screen.status, lambda status: status["written"] > 0)
    handle = resting(screen.status, "handle")
    screen.xdotool("mousemove", *map(str, handle), "mousedown", "1")
    for step in range(1, 9):
        if step == 3:
            wait_for_file(tmp_path / "Music")
        screen.xdotool(
            "mousemove", *(str(round(at + (to - at) * step / 8)) for at, to in zip(handle, (1490, 990), strict=True))
        )
        time.sleep(0.1)
    screen.hover(1490, 990, received)
    screen.xdotool("mouseup", "1")
    (url,) = wait_for(received, lambda drop: drop["urls"])["urls"]
    path = Path(url.removeprefix("file://"))
    assert path.parent == tmp_path / "Music"
    assert re.fullmatch(r"riff_cont01_(\d+bpm_)?([A-G][#b]?m?[a-z]*_)?s\d+\.wav", path.name), "whatever was heard"
    assert soundfile.info(path).frames > 3 * 48_000


def test_a_file_of_another_program_is_dropped_into_the_window(screen, tmp_path):
    source = tmp_path / "source.json"
    screen.start("drag_source", str(write_clip(tmp_path / "bass line.wav", seconds=2.0)), str(source))
    start = wait_for(source, lambda status: True)["place"]
    lane = resting(screen.status, "lane")
    screen.xdotool("mousemove", *map(str, start), "mousedown", "1")
    for step in range(1, 9):
        screen.xdotool(
            "mousemove", *(str(round(at + (to - at) * step / 8)) for at, to in zip(start, lane, strict=True))
        )
        time.sleep(0.1)
    screen.xdotool("mouseup", "1")
    dropped = wait_for(screen.status, lambda status: status["clips"] == 2)
    assert dropped["names"] == ["riff", "bass line"]


def test_ctrl_and_the_wheel_zoom_at_the_pointer_and_shift_and_the_wheel_move_on(screen):
    resting(screen.status, "lane")
    before = wait_for(screen.status, lambda status: True)
    everything = before["span"][1] - before["span"][0]
    screen.xdotool("mousemove", *map(str, before["lane"]), "keydown", "ctrl", "click", "4", "click", "4")
    screen.xdotool("keyup", "ctrl")
    near = wait_for(screen.status, lambda status: status["span"][1] - status["span"][0] < 0.7 * everything)["span"]
    middle = (before["span"][0] + before["span"][1]) / 2
    assert abs((near[0] + near[1]) / 2 - middle) < 0.02 * everything, "the middle stays where the pointer is"
    screen.xdotool("keydown", "shift", "click", "5", "keyup", "shift")
    wait_for(screen.status, lambda status: status["span"][0] > near[0] + 0.1 * (near[1] - near[0]))
    screen.xdotool("key", "z")
    wait_for(screen.status, lambda status: status["span"] == before["span"])
