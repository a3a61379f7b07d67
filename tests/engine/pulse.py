"""A real sound system with no sound card: PulseAudio with one null sink, private to a test.

Programs that play run as processes of their own (`play`), because the sound libraries read their settings once per
process. `record` is what PulseAudio then sent to its sink.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
RATE = 48_000
INSTALL = "apt-get install pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"


class Pulse:
    """Use as a context manager. `folder` takes its settings and sockets."""

    def __init__(self, folder: Path):
        missing = [tool for tool in ("pulseaudio", "pactl", "parec") if not shutil.which(tool)]
        assert not missing, f"this test needs {', '.join(missing)}: {INSTALL}"
        settings, sockets = folder / ".config" / "pulse", folder / "run"
        settings.mkdir(parents=True)
        sockets.mkdir(mode=0o700)
        for name in ("daemon.conf", "client.conf"):  # it aborts where shared memory is restricted, as in containers
            (settings / name).write_text("enable-shm=no\nenable-memfd=no\n")
        self.server = f"unix:{sockets}/pulse/native"
        self._devices = folder / ".asoundrc"
        self.offer("pcm.!default pulse")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULSE_", "XDG_"))}
        self._environment = kept | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(sockets), "OMP_NUM_THREADS": "1"}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self) -> None:
        sink = "module-null-sink sink_name=calm channels=2 format=float32le rate=" + str(RATE)
        modules = ["-L", "module-native-protocol-unix", "-L", sink]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", *modules]
        self._server = subprocess.Popen(
            command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while subprocess.run(["pactl", "info"], env=self._environment, capture_output=True).returncode:
            assert self._server.poll() is None, "PulseAudio ended at once: " + " ".join(command)
            assert time.monotonic() < deadline, "PulseAudio does not answer"
            time.sleep(0.02)

    def load(self, name: str, rate: int) -> str:
        """Plug in another null sink; returns what `unload` calls it."""
        sink = f"sink_name={name} channels=2 format=float32le rate={rate}".split()
        return self._pactl("load-module", "module-null-sink", *sink)

    def unload(self, *sinks: str) -> None:
        """Pull them out."""
        for sink in sinks:
            self._pactl("unload-module", sink)

    @property
    def calm(self) -> str:
        """The sink that it begins with, for `unload`."""
        lines = self._pactl("list", "short", "modules").splitlines()
        return next(line.split()[0] for line in lines if "sink_name=calm" in line)

    def _pactl(self, *words: str) -> str:
        found = subprocess.run(["pactl", *words], env=self._environment, check=True, capture_output=True, text=True)
        return found.stdout.strip()

    def stop(self) -> None:
        self._server.kill()
        self._server.wait()

    def offer(self, devices: str) -> None:
        """Set the devices, in ALSA's language, that a program finds when it next looks for them."""
        self._devices.write_text(devices)

    def play(self, script: str, *arguments: str) -> subprocess.Popen:
        """Start a Python script that makes sound; it talks to the test through its standard input and output."""
        return subprocess.Popen(
            ["timeout", "60", sys.executable, "-c", script, *arguments],
            cwd=ROOT,
            env=self._environment | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def record(self, sink: str = "calm") -> "Recording":
        return Recording(self._environment, sink)


class Recording:
    """Everything a null sink is sent, from the moment this is made."""

    def __init__(self, environment: dict[str, str], sink: str):
        command = ["parec", f"--device={sink}.monitor", "--format=float32le", f"--rate={RATE}", "--channels=2", "--raw"]
        self._recorder = subprocess.Popen([*command, "--latency-msec=20"], env=environment, stdout=subprocess.PIPE)
        self._bytes, self._begun = bytearray(), threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        assert self._begun.wait(10), "nothing is recorded"

    def wait(self, seconds: float) -> None:
        """Until this much more is recorded."""
        goal, deadline = len(self._bytes) + round(seconds * RATE) * 8, time.monotonic() + seconds + 10
        while len(self._bytes) < goal:
            assert time.monotonic() < deadline, "nothing more is recorded"
            time.sleep(0.01)

    def wait_for_sound(self) -> None:
        deadline = time.monotonic() + 10
        while not any(self._bytes):
            assert time.monotonic() < deadline, "nothing but silence is recorded"
            time.sleep(0.01)

    def stop(self) -> np.ndarray:
        """(2, N) float32."""
        self._recorder.terminate()
        self._reader.join()
        self._recorder.wait()
        self._recorder.stdout.close()
        whole = len(self._bytes) // 8 * 8
        return np.frombuffer(self._bytes[:whole], "<f4").reshape(-1, 2).T

    def _read(self) -> None:
        while block := os.read(self._recorder.stdout.fileno(), 1 << 16):
            self._bytes += block
            self._begun.set()
