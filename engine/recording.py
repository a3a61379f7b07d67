"""Records from a sound input into a 24-bit WAV file; before that it only measures what comes in.

Threads: PortAudio calls `_on_block` in a thread of its own, which only measures and puts a copy into a queue; a thread
of ours writes the queue into the file. All else is for the thread that made the recorder.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import soundfile

from engine import portaudio
from engine.audio import MAX_SECONDS
from engine.errors import CalmError

PLUG_IN = "Plug one in, or allow this app to use it in the system's settings, then try again"


@dataclass(frozen=True)
class SoundInput:
    """A device by its number in PortAudio; `channels` is 1 or 2."""

    number: int
    name: str
    channels: int


def sound_inputs() -> tuple[SoundInput, ...]:
    """The inputs there are, the system's own choice first. Raises CalmError where there is none. May take a second."""
    sounddevice = _sounddevice()
    devices = sounddevice.query_devices()
    chosen = sounddevice.default.device[0]
    found = [
        SoundInput(number, device["name"], min(2, device["max_input_channels"]))
        for number, device in enumerate(devices)
        if device["max_input_channels"] > 0
    ]
    if not found:
        raise CalmError("No microphone or other sound input was found", PLUG_IN)
    return tuple(sorted(found, key=lambda each: each.number != chosen))


def _sounddevice():
    try:
        import sounddevice  # not at the top: it raises where PortAudio is missing, and all else works without
    except OSError as error:
        raise CalmError("Nothing can be recorded: PortAudio is missing", "Install it (Linux: libportaudio2)") from error
    return sounddevice


def free_path(folder: Path) -> Path:
    """Recording 1.wav, or the first number after it that is not there yet."""
    number = 1
    while (path := folder / f"Recording {number}.wav").exists():
        number += 1
    return path


class Recorder:
    """Open from the moment it is made. Raises CalmError where the input cannot be opened."""

    def __init__(self, sound_input: SoundInput):
        sounddevice = _sounddevice()
        self.input, self.gaps = sound_input, 0
        self._peaks, self._samples = np.zeros(sound_input.channels, np.float32), 0
        self._queue: SimpleQueue[np.ndarray | None] = SimpleQueue()
        self._writing: threading.Thread | None = None
        self._failed: Exception | None = None
        self.path: Path | None = None

        def begun() -> sounddevice.InputStream:
            stream = sounddevice.InputStream(
                device=sound_input.number, channels=sound_input.channels, dtype="float32", callback=self._on_block
            )
            stream.start()
            return stream

        try:
            self._stream = portaudio.open_stream(begun)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise CalmError(f"{sound_input.name} cannot be opened", PLUG_IN) from error
        self.rate = round(self._stream.samplerate)

    @property
    def alive(self) -> bool:
        """False once the device is gone."""
        return self._stream.active

    @property
    def seconds(self) -> float:
        """What is recorded so far."""
        return self._samples / self.rate

    @property
    def full(self) -> bool:
        """Whether it is as long as a prompt may be, or the disk took no more."""
        return self.seconds >= MAX_SECONDS - 1 or self._failed is not None

    def take_peaks(self) -> tuple[float, ...]:
        """The loudest sample of each channel since the last call, full scale 1.0."""
        peaks, self._peaks = self._peaks, np.zeros_like(self._peaks)
        return tuple(float(peak) for peak in peaks)

    def start(self, folder: Path) -> None:
        """Write from now on. Raises CalmError where `folder` takes no file."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.path = free_path(folder)
            file = soundfile.SoundFile(self.path, "x", self.rate, self.input.channels, "PCM_24", format="WAV")
        except (OSError, soundfile.SoundFileError) as error:
            raise CalmError(f"Nothing can be written into {folder}", "Check that it is yours and not full") from error
        self._samples = 0
        self._writing = threading.Thread(target=self._write, args=(file,), name="recording")
        self._writing.start()

    def stop(self) -> Path:
        """Write no more; the finished file. Raises CalmError where the disk did not take all; what it took is kept."""
        self._queue.put(None)
        self._writing.join()
        self._writing = None
        if self._failed is not None:
            error, self._failed = self._failed, None
            raise CalmError(
                f"The recording broke off: {error}", f"What was written before is kept in {self.path}"
            ) from error
        return self.path

    def close(self) -> None:
        """Let go of the device. What is being recorded is finished first."""
        if self._writing is not None:
            self.stop()
        portaudio.close_stream(self._stream)

    def _on_block(self, block: np.ndarray, frames: int, time_info, status) -> None:
        self._peaks = np.maximum(self._peaks, np.abs(block).max(axis=0))
        if self._writing is not None:
            self._queue.put(block.copy())
            self.gaps += bool(status.input_overflow)

    def _write(self, file: soundfile.SoundFile) -> None:
        with file:
            while (block := self._queue.get()) is not None:
                try:
                    file.write(block)
                except soundfile.SoundFileError as error:
                    self._failed = error
                    return
                self._samples += len(block)
