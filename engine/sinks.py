"""Where sound goes: a sound card, or nowhere at the pace of one. A sink pulls blocks; `engine.playback` fills them.

Threads: a sink is opened and closed by one thread, and calls `pull` on a thread of its own.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine import portaudio

LATENCY_SECONDS = 0.1  # shorter ones underflow when the window and the model keep all cores busy
STALLED_SECONDS = 3.0  # with no block asked for, a device is gone, whatever its driver says; PulseAudio begins with 1.5
LOOK_SECONDS = 2.0  # between two looks for a device that is gone
_NULL_RATE = 48_000
_NULL_BLOCK = 960

Pull = Callable[[np.ndarray], None]
"""Fills a (samples, 2) float32 block, as sound cards lay it out. Must neither wait nor allocate."""


@dataclass(frozen=True)
class Output:
    """Where sound is to go: `device` is a name out of `engine.portaudio.outputs()`, None for the system's choice;
    `latency` in seconds is what it is to hold: less is heard sooner, more breaks off less easily."""

    device: str | None = None
    latency: float = LATENCY_SECONDS


SYSTEM = Output()


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

    `rate` in Hz, None for the device's own; `latency` in seconds is asked of it. Raises OSError without PortAudio,
    sounddevice.PortAudioError without a device, ValueError for an unknown one.
    """

    def __init__(
        self,
        pull: Pull,
        device: int | str | None = None,
        rate: int | None = None,
        latency: float = LATENCY_SECONDS,
    ):
        import sounddevice  # not at the top: it raises where PortAudio is missing, and all else works without

        self._pull = pull
        self.underflows = 0
        self._pulled = time.monotonic()

        def begun() -> sounddevice.OutputStream:
            stream = sounddevice.OutputStream(
                rate, device=device, channels=2, dtype="float32", latency=latency, callback=self._on_block
            )
            stream.start()
            return stream

        self._stream = portaudio.open_stream(begun)
        self.rate = round(self._stream.samplerate)
        self.latency = self._stream.latency
        self.name = sounddevice.query_devices(self._stream.device)["name"]

    @property
    def alive(self) -> bool:
        return self._stream.active and time.monotonic() - self._pulled < STALLED_SECONDS

    def close(self) -> None:
        portaudio.close_stream(self._stream)

    def _on_block(self, out: np.ndarray, frames: int, time_info, status) -> None:
        self._pulled = time.monotonic()
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


class Standby(NullSink):
    """A NullSink for as long as `output` cannot be opened: then it is `alive` no more, so that it is replaced."""

    def __init__(self, pull: Pull, output: Output):
        self._output, self._found = output, False
        super().__init__(pull)
        self._scout = threading.Thread(target=self._look_out, name="output look-out", daemon=True)
        self._scout.start()

    @property
    def alive(self) -> bool:
        return not self._found

    def close(self) -> None:
        super().close()
        self._scout.join()

    def _look_out(self) -> None:
        while not self._found and not self._closing.wait(LOOK_SECONDS):
            portaudio.look_again()
            sink = _opened(lambda block: block.fill(0), self._output)
            if sink is not None:
                sink.close()
                self._found = True


def open_output(pull: Pull, output: Output = SYSTEM) -> Sink:
    """A device that was chosen, or nothing in its place until it is there: another would sound where nobody expects it.
    Without a choice, what the system has. To have no sound device is not an error."""
    portaudio.look_again()
    try:
        return _opened(pull, output) or Standby(pull, output)
    except OSError:  # no PortAudio: none will come
        return NullSink(pull)


def _opened(pull: Pull, output: Output) -> Sink | None:
    import sounddevice

    try:
        return SoundDeviceSink(pull, output.device, latency=output.latency)
    except (sounddevice.PortAudioError, ValueError):  # ValueError: no device of that name
        return None
