"""Playback through PortAudio, ALSA and a real PulseAudio server, recorded by another program."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soxr

from tests.engine.pulse import RATE, ROOT, Pulse

PLAY = """
import sys, time
import numpy as np
from engine.audio import Audio
from engine.playback import Clip, Player
from engine.sinks import SoundDeviceSink

samples, rate = np.load(sys.argv[1]), int(sys.argv[2])
player = Player(lambda pull: SoundDeviceSink(pull, rate=48_000))
while not player.device:
    time.sleep(0.01)
print("playing on", player.device, flush=True)
sys.stdin.readline()
player.play(Clip(Audio(samples, rate)))
while player.position is None:
    time.sleep(0.01)
while player.position is not None:
    time.sleep(0.01)
print("underruns", player.underruns, flush=True)
sys.stdin.readline()
player.close()
"""

LOSE = """
import sys, time
import numpy as np
from engine.audio import Audio
from engine.playback import Clip, Player

player = Player()
clip = Clip(Audio(np.full((2, 48_000 * 60), 0.25, dtype=np.float32), 48_000))
player.play(clip)
for expected in sys.argv[1:]:
    while player.device != expected or not player.position:
        time.sleep(0.01)
    here = player.position
    while (player.position or 0) <= here:
        time.sleep(0.01)
    print(expected, player.position, flush=True)
    sys.stdin.readline()
player.close()
"""

SETTLED = 0.5  # seconds in which PulseAudio shortens the buffer that it began with, and may drop some of it
AFTERWARDS = 0.5  # seconds in which the last samples pass through the buffers


@pytest.fixture
def pulse(tmp_path):
    with Pulse(tmp_path / "home") as pulse:
        yield pulse


def noise(seconds: float, rate: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-0.9, 0.9, (2, round(seconds * rate))).astype(np.float32)


def said(player: subprocess.Popen) -> str:
    """The next line it prints; what it complains about if there is none."""
    line = player.stdout.readline()
    assert line, player.stderr.read()
    return line.strip()


def tell(player: subprocess.Popen) -> None:
    player.stdin.write("\n")
    player.stdin.flush()


def end(player: subprocess.Popen) -> None:
    tell(player)
    _, complaints = player.communicate(timeout=20)
    assert player.returncode == 0, complaints


def heard(pulse: Pulse, path: Path, rate: int) -> np.ndarray:
    recording = pulse.record()
    player = pulse.play(PLAY, str(path), str(rate))
    try:
        assert said(player) == "playing on default"
        recording.wait(SETTLED)
        tell(player)
        assert said(player) == "underruns 0"
        recording.wait(AFTERWARDS)
    finally:
        samples = recording.stop()
        end(player)
    return samples


def matching(recorded: np.ndarray, expected: np.ndarray) -> int:
    """How many samples of `expected` were recorded, from its first on, each within 1e-6."""
    sounding = np.flatnonzero(np.abs(recorded).max(axis=0) > 1e-6)
    assert sounding.size, "only silence was recorded"
    recorded = recorded[:, sounding[0] :]
    first = np.flatnonzero(np.abs(expected).max(axis=0) > 1e-6)[0]
    count = min(recorded.shape[1], expected.shape[1] - first)
    wrong = np.flatnonzero(np.abs(recorded[:, :count] - expected[:, first : first + count]).max(axis=0) > 1e-6)
    return int(wrong[0]) if wrong.size else count


@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_what_the_sound_system_gets_is_the_clip_sample_for_sample(pulse, tmp_path, rate):
    samples = noise(2.0, rate)
    np.save(tmp_path / "clip.npy", samples)
    recorded = heard(pulse, tmp_path / "clip.npy", rate)
    expected = soxr.resample(samples.T, rate, RATE, quality="HQ").T
    assert matching(recorded, expected) >= 2.0 * RATE - 10
