"""The folder `sounds` of a project: what its clips and takes were made from, each written once.

Any thread may ask; one that asks for a new sound while another thread writes one waits for that.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import BinaryIO
from weakref import WeakKeyDictionary

import soundfile

from engine.audio import Audio
from engine.project.disk import make_folder, sync, write_over


class Sounds:
    """`folder` is the project's; files that are there stay as they are."""

    def __init__(self, folder: Path):
        self._folder = folder / "sounds"
        self._names: WeakKeyDictionary[Audio, str] = WeakKeyDictionary()
        self._fresh: list[Path] = []
        self._lock = threading.Lock()

    def know(self, audio: Audio, name: str) -> None:
        """`audio` was read from the file called `name`."""
        self._names[audio] = name

    def name_of(self, audio: Audio) -> str:
        """The file that holds `audio`; it is written if there is none. Raises CalmError when it cannot be."""
        if audio in self._names:  # without waiting for another that is being written: ten minutes of it take seconds
            return self._names[audio]
        with self._lock:
            if audio not in self._names:
                make_folder(self._folder)
                path = self._free()
                write_over(path, lambda file: _write(file, audio))
                self._names[audio] = path.name
                self._fresh.append(path)
            return self._names[audio]

    def sync(self) -> None:
        """Have what was written since outlast a power cut."""
        with self._lock:
            fresh, self._fresh = self._fresh, []
        sync(*fresh)

    def _free(self) -> Path:
        numbers = [int(path.stem) for path in self._folder.glob("*.wav") if path.stem.isdecimal()]
        return self._folder / f"{max(numbers, default=0) + 1:04d}.wav"


def _write(file: BinaryIO, audio: Audio) -> None:
    """32-bit float holds every sample as it is."""
    soundfile.write(file, audio.samples.T, audio.rate, format="WAV", subtype="FLOAT")
