"""Recording through PortAudio, ALSA and a real PulseAudio server, of what another stream plays; and what goes wrong."""

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine import recording
from engine.errors import CalmError
from engine.recording import Recorder, SoundInput, free_path, sound_inputs
from tests.engine.pulse import Pulse

RECORD = """
import sys, time
from pathlib import Path
import numpy as np
import sounddevice
from engine.recording import Recorder, sound_inputs

at = 0
def play(out, frames, time_info, status):
    global at
    out[:] = 0.5 * np.sin(2 * np.pi * 1000 * (at + np.arange(frames))[:, None] / 48_000)
    at += frames

inputs = {each.name: each for each in sound_inputs()}
recorder = Recorder(inputs["default"])
with sounddevice.OutputStream(48_000, channels=2, dtype="float32", callback=play):
    while max(recorder.take_peaks()) < 0.4:
        time.sleep(0.01)
    recorder.start(Path(sys.argv[1]))
    while recorder.seconds < 1.0:
        time.sleep(0.01)
    path = recorder.stop()
    recorder.start(Path(sys.argv[1]))
    while recorder.seconds < 0.1:
        time.sleep(0.01)
    recorder.close()
print(path.name, recorder.path.name, recorder.alive, flush=True)
"""


def test_what_another_program_plays_is_recorded(tmp_path):
    with Pulse(tmp_path / "home") as pulse:
        program = pulse.play(RECORD, str(tmp_path / "Music"))
        said, complaints = program.communicate(timeout=50)
    assert said == "Recording 1.wav Recording 2.wav False\n", complaints
    assert soundfile.info(tmp_path / "Music" / "Recording 1.wav").subtype == "PCM_24"
    samples, rate = soundfile.read(tmp_path / "Music" / "Recording 1.wav", always_2d=True)
    assert samples.shape[1] == 2 and len(samples) >= rate
    assert np.abs(samples).max() == pytest.approx(0.5, abs=0.02)
    spectrum = np.abs(np.fft.rfft(samples[:rate, 0]))
    assert spectrum.argmax() == pytest.approx(1000, abs=1)
    assert soundfile.info(tmp_path / "Music" / "Recording 2.wav").frames > 0, "closing finishes what is recorded"


class Silence:
    """Stands for sounddevice on a computer with nothing to record from, or with what cannot be opened."""

    PortAudioError = RuntimeError

    class default:
        device = (-1, -1)

    def __init__(self, *devices: dict):
        self._devices = devices

    def query_devices(self):
        return self._devices

    def InputStream(self, **_):
        raise self.PortAudioError("not allowed")


def test_no_input_no_permission_and_no_portaudio_are_said(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sounddevice", Silence({"name": "Speakers", "max_input_channels": 0}))
    with pytest.raises(CalmError, match="No microphone"):
        sound_inputs()
    microphone = {"name": "Microphone", "max_input_channels": 8}
    monkeypatch.setitem(sys.modules, "sounddevice", Silence(microphone))
    assert sound_inputs() == (SoundInput(0, "Microphone", 2),)
    with pytest.raises(CalmError, match="Microphone cannot be opened"):
        Recorder(sound_inputs()[0])
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice")
    with pytest.raises(CalmError, match="PortAudio is missing"):
        sound_inputs()


class Microphone(Silence):
    """An input whose blocks come when `say` is called."""

    def InputStream(self, *, channels, callback, **_):
        self.samplerate, self.active, self._callback, self._channels = 48_000.0, True, callback, channels
        return self

    def start(self) -> None: ...

    def close(self, ignore_errors: bool) -> None:
        self.active = False

    def say(self, level: float, frames: int = 480, overflow: bool = False) -> None:
        status = type("Status", (), {"input_overflow": overflow})
        self._callback(np.full((frames, self._channels), level, np.float32), frames, None, status)


@pytest.fixture
def microphone(monkeypatch):
    microphone = Microphone({"name": "Microphone", "max_input_channels": 1})
    monkeypatch.setitem(sys.modules, "sounddevice", microphone)
    return microphone


def test_only_what_is_said_between_start_and_stop_is_kept(microphone, tmp_path):
    recorder = Recorder(sound_inputs()[0])
    microphone.say(0.9)
    assert recorder.take_peaks() == (pytest.approx(0.9),)
    assert recorder.take_peaks() == (0.0,)
    (tmp_path / "Recording 1.wav").write_bytes(b"mine")
    recorder.start(tmp_path)
    microphone.say(-0.25)
    microphone.say(0.25, overflow=True)
    path = recorder.stop()
    microphone.say(0.9)
    assert path == tmp_path / "Recording 2.wav"
    samples, _ = soundfile.read(path)
    np.testing.assert_array_equal(samples, np.repeat([-0.25, 0.25], 480))
    assert (recorder.gaps, recorder.seconds) == (1, 0.02)
    assert (tmp_path / "Recording 1.wav").read_bytes() == b"mine"
    assert free_path(tmp_path) == tmp_path / "Recording 3.wav"
    recorder.close()


def test_a_folder_that_takes_no_file_and_a_disk_that_is_full(microphone, tmp_path, monkeypatch):
    recorder = Recorder(sound_inputs()[0])
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(CalmError, match="Nothing can be written"):
        recorder.start(tmp_path / "file")
    recorder.start(tmp_path)
    microphone.say(0.1)

    def fail(self, block):
        raise soundfile.SoundFileError("disk full")

    while recorder.seconds == 0:
        pass
    monkeypatch.setattr(soundfile.SoundFile, "write", fail)
    microphone.say(0.1)
    with pytest.raises(CalmError, match="broke off: disk full"):
        recorder.stop()
    assert soundfile.info(recorder.path).frames == 480, "what was written before is there"
    recorder.close()


def test_it_ends_before_it_is_longer_than_a_prompt_may_be(microphone, tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "MAX_SECONDS", 1.02)
    recorder = Recorder(sound_inputs()[0])
    recorder.start(tmp_path)
    assert not recorder.full
    for _ in range(3):
        microphone.say(0.1)
    while not recorder.full:
        pass
    assert isinstance(recorder.stop(), Path)
    recorder.close()
