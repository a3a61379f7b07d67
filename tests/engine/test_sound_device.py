"""Playback through PortAudio, ALSA and a real PulseAudio server, recorded by another program."""

import subprocess
import sys

import numpy as np
import pytest
import soxr

from engine import portaudio
from engine.sinks import NullSink, Standby, open_output
from tests.engine.pulse import RATE, ROOT, Pulse, Recording

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

CHOOSE = """
import sys, time
from functools import partial
import numpy as np
from engine import portaudio
from engine.audio import Audio
from engine.playback import Clip, Player
from engine.sinks import Output, open_output

def chosen(name):
    return partial(open_output, output=Output(name or None, 0.15))

player = Player(chosen(sys.argv[1]))
ramp = np.linspace(0, 0.6, 48_000 * 60, dtype=np.float32)  # a hundredth a second
player.play(Clip(Audio(np.stack((ramp, ramp)), 48_000)))
while not player.position:
    time.sleep(0.01)
while True:
    print(player.device, player.rate, player.position, *portaudio.outputs(), sep="|", flush=True)
    order = sys.stdin.readline().split()
    if order[0] == "end":
        break
    if order[0] == "choose":
        player.reopen(chosen(order[1]))
    while player.device != order[-1].replace("_", " "):
        time.sleep(0.01)
    here = player.position
    while (player.position or 0) <= here:
        time.sleep(0.01)
player.close()
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


def tell(player: subprocess.Popen, order: str = "") -> None:
    player.stdin.write(f"{order}\n")
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
def test_when_the_systems_device_dies_playing_goes_on_with_what_is_left(pulse, tmp_path, left):
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


class Chooser:
    """A player in a process of its own: what it says of its device, rate, position and outputs after each order."""

    def __init__(self, pulse: Pulse, device: str):
        self.process = pulse.play(CHOOSE, device)

    def says(self) -> tuple[str, int, int, tuple[str, ...]]:
        device, rate, position, *outputs = said(self.process).split("|")
        return device, int(rate), int(position), tuple(outputs)

    def order(self, *words: str) -> None:
        tell(self.process, " ".join(words))

    def heard(self, recording: Recording) -> float:
        """The first level that is heard once sound is there and its start has rung out."""
        recording.wait_for_sound()
        recording.wait(0.2)
        samples = recording.stop()
        onset = np.flatnonzero(samples[0])[0]
        return float(samples[0, onset + 2400])

    def end(self) -> None:
        self.order("end")
        _, complaints = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, complaints


def test_a_chosen_device_is_waited_for_in_silence_and_taken_up_again(pulse):
    """Its place is taken by no other one; time goes on meanwhile, and the sound where time has come to."""
    usb = pulse.load("usb", 44_100)
    pulse.offer("pcm.!default pulse\npcm.usb { type pulse device usb }")
    player = Chooser(pulse, "usb")
    device, rate, first, outputs = player.says()
    assert (device, rate) == ("usb", 44_100) and {"usb", "default"} <= set(outputs)
    pulse.unload(usb, pulse.calm)  # all there are: PulseAudio would move the stream to what is left
    player.order("wait", "No_sound_device")
    device, _, second, _ = player.says()
    assert (device, second > first) == ("No sound device", True)
    pulse.load("usb", 48_000)
    recording = pulse.record("usb")
    player.order("wait", "usb")
    third = player.says()[2]
    heard = player.heard(recording)
    assert second / RATE < third / RATE == pytest.approx(100 * heard, abs=0.5), "where time has come to"
    player.end()


def test_another_device_is_chosen_while_playing(pulse):
    pulse.load("usb", 44_100)
    pulse.offer("pcm.!default { type pulse device calm }\npcm.usb { type pulse device usb }")
    recording = pulse.record("usb")
    player = Chooser(pulse, "")
    device, _, first, _ = player.says()
    player.order("choose", "usb")
    device, _, second, _ = player.says()
    assert device == "usb" and second > first
    assert first / RATE == pytest.approx(100 * player.heard(recording), abs=0.5), "on from where it was"
    player.order("choose", "nobody", "No_sound_device")
    assert player.says()[0] == "No sound device", "what is not there sounds nowhere else either"
    player.end()


def test_without_portaudio_there_is_still_a_sink(tmp_path, monkeypatch):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    sink = open_output(lambda block: block.fill(0))
    assert isinstance(sink, NullSink) and not isinstance(sink, Standby), "there is nothing to wait for"
    assert portaudio.outputs() == ()
    sink.close()


def test_portaudio_is_not_touched_before_there_is_something_to_open():
    code = "import sys, engine.playback; assert 'sounddevice' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
