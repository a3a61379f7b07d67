"""Where sound goes: a sound card, or nowhere at the pace of one. A sink pulls blocks; `engine.playback` fills them.

Threads: a sink is opened and closed by one thread, and calls `pull` on a thread of its own.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

LATENCY_SECONDS = 0.1  # shorter ones underflow when the window and the model keep all cores busy
_NULL_RATE = 48_000
_NULL_BLOCK = 960

Pull = Callable[[np.ndarray], None]
"""Fills a (samples, 2) float32 block, as sound cards lay it out. Must neither wait nor allocate."""


class Sink(Protocol):
    """An open output that pulls from the moment it is made. `rate` in Hz; `latency` in seconds from pull to ear."""

    name: str
    rate: int
    latency: float
    underflows: int  # blocks that the device itself missed

    @property
    def alive(self) -> bool:
        """False once the device is gone; a new sink must then be opened."""

    def close(self) -> None:
        """Stop pulling and let go of the device."""


class SoundDeviceSink:
    """A sound card, through PortAudio. `device` is a name or number of sounddevice's, None for the system's choice.

    `rate` in Hz, None for the device's own. Raises OSError without PortAudio, sounddevice.PortAudioError without a
    device, ValueError for an unknown one.
    """

    def __init__(self, pull: Pull, device: int | str | None = None, rate: int | None = None):
        import sounddevice  # not at the top: it raises where PortAudio is missing, and all else works without

        self._sounddevice = sounddevice
        self._pull = pull
        self.underflows = 0
        self._stream = sounddevice.OutputStream(
            rate, device=device, channels=2, dtype="float32", latency=LATENCY_SECONDS, callback=self._on_block
        )
        self.rate = round(self._stream.samplerate)
        self.latency = self._stream.latency
        self.name = sounddevice.query_devices(self._stream.device)["name"]
        self._stream.start()

    @property
    def alive(self) -> bool:
        return self._stream.active

    def close(self) -> None:
        lost = not self.alive
        self._stream.close(ignore_errors=True)
        if lost:  # PortAudio lists devices once, when initialised: without this the lost one would be chosen again
            self._sounddevice._terminate()
            self._sounddevice._initialize()

    def _on_block(self, out: np.ndarray, frames: int, time_info, status) -> None:
        if status.output_underflow:
            self.underflows += 1
        self._pull(out)


class NullSink:
    """Plays to nobody in real time, so that everything else works where there is no sound device."""

    name = "No sound device"
    rate = _NULL_RATE
    latency = 0.0
    underflows = 0
    alive = True

    def __init__(self, pull: Pull):
        self._pull = pull
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="null sink", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        block = np.empty((_NULL_BLOCK, 2), dtype=np.float32)
        due = time.monotonic()
        while not self._closing.wait(max(0.0, due - time.monotonic())):
            self._pull(block)
            due += _NULL_BLOCK / self.rate


def open_default_sink(pull: Pull, device: int | str | None = None) -> Sink:
    """The sound card `device`, else the system's choice, else a NullSink: to have no sound device is not an error."""
    try:
        import sounddevice
    except OSError:  # no PortAudio
        return NullSink(pull)
    for choice in dict.fromkeys((device, None)):
        try:
            return SoundDeviceSink(pull, choice)
        except (sounddevice.PortAudioError, ValueError):  # ValueError: no device of that name
            continue
    return NullSink(pull)
