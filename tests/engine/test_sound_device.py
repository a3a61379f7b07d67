"""Playback through PortAudio, ALSA and a real PulseAudio server, recorded by another program."""

import subprocess
import sys

import numpy as np
import pytest
import soxr

from engine.sinks import NullSink, open_default_sink
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

STREAM = """
import sys, threading, time
import numpy as np
from engine.playback import Player
from engine.sinks import SoundDeviceSink

class Growing:
    full, state, playhead, rate, written = False, "writing", None, 48_000, 0

samples = np.load(sys.argv[1])
take = Growing()
take.samples = np.zeros_like(samples)
player = Player(lambda pull: SoundDeviceSink(pull, rate=48_000))
while not player.device:
    time.sleep(0.01)
print("playing on", player.device, flush=True)
sys.stdin.readline()
player.play(take)
for at in range(0, samples.shape[1], 1920):  # a frame of 40 ms every 30 ms
    take.samples[:, at : at + 1920] = samples[:, at : at + 1920]
    take.written = min(at + 1920, samples.shape[1])
    time.sleep(0.03)
take.full = True
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
player.play(Clip(Audio(np.full((2, 48_000 * 60), 0.25, dtype=np.float32), 48_000)))
for device in sys.argv[1:]:
    while player.device != device or not player.position:
        time.sleep(0.01)
    here = player.position
    while (player.position or 0) <= here:
        time.sleep(0.01)
    print(device, player.position, flush=True)
    sys.stdin.readline()
player.close()
"""

OPEN = """
import sys
from engine.sinks import open_default_sink

sink = open_default_sink(lambda block: block.fill(0), "a device that nobody has")
print(sink.name, sink.alive, sink.rate, sink.latency < 0.2, flush=True)
sys.stdin.readline()
sink.close()
"""

SETTLED = 0.5  # seconds in which PulseAudio shortens the buffer that it began with, and may drop some of it
SILENCE = 1e-6
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


def heard(pulse: Pulse, script: str, *arguments: str) -> np.ndarray:
    recording = pulse.record()
    player = pulse.play(script, *arguments)
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


def assert_heard(recorded: np.ndarray, expected: np.ndarray) -> None:
    """The whole of `expected` in one piece, with nothing but silence before and after."""
    start = np.flatnonzero(np.abs(recorded).max(axis=0) > SILENCE)[0]
    start -= np.flatnonzero(np.abs(expected).max(axis=0) > SILENCE)[0]
    stop = start + expected.shape[1]
    np.testing.assert_allclose(recorded[:, start:stop], expected, rtol=0, atol=SILENCE)
    np.testing.assert_allclose(recorded[:, stop:], 0, atol=SILENCE)


@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_what_the_sound_system_gets_is_the_clip_sample_for_sample(pulse, tmp_path, rate):
    samples = noise(1.0, rate)
    np.save(tmp_path / "clip.npy", samples)
    recorded = heard(pulse, PLAY, str(tmp_path / "clip.npy"), str(rate))
    silence_first = np.pad(samples, ((0, 0), (rate, 0)))  # soxr bends the first samples of what it is given
    assert_heard(recorded, soxr.resample(silence_first.T, rate, RATE, quality="HQ").T[:, RATE:])


def test_a_take_is_heard_whole_while_it_is_written(pulse, tmp_path):
    samples = noise(1.0, RATE)
    np.save(tmp_path / "take.npy", samples)
    assert_heard(heard(pulse, STREAM, str(tmp_path / "take.npy")), samples)


@pytest.mark.parametrize("left", ["No sound device", "spare"])
def test_when_a_device_dies_playing_goes_on_with_what_is_left(pulse, tmp_path, left):
    with Pulse(tmp_path / "other") as other:
        player = pulse.play(LOSE, "default", left)
        device, before = said(player).rsplit(" ", 1)
        assert device == "default"
        spare = f'pcm.spare {{ type pulse server "{other.server}" }}'
        pulse.offer(spare if left == "spare" else "")
        pulse.stop()
        tell(player)
        device, after = said(player).rsplit(" ", 1)
        assert device == left
        assert 0 < int(after) - int(before) < 2 * RATE
        end(player)


def test_a_chosen_device_that_is_gone_gives_way_to_the_default_one(pulse):
    player = pulse.play(OPEN)
    assert said(player) == "default True 44100 True"
    end(player)


def test_without_portaudio_there_is_still_a_sink(tmp_path, monkeypatch):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    sink = open_default_sink(lambda block: block.fill(0))
    assert isinstance(sink, NullSink)
    sink.close()


def test_portaudio_is_not_touched_before_there_is_something_to_open():
    code = "import sys, engine.playback; assert 'sounddevice' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
