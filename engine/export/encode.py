"""Writes FLAC, AIFF, Ogg Vorbis, Opus and MP3, all through libsndfile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

import numpy as np
import soundfile

from engine.export.quantise import dither_source, to_16, to_24
from engine.export.settings import Depth, ExportSettings, Format

_PCM: dict[Depth, str] = {"16": "PCM_16", "24": "PCM_24", "32f": "FLOAT"}
_CONTAINERS: dict[Format, str] = {"flac": "FLAC", "aiff": "AIFF", "ogg": "OGG", "opus": "OGG", "mp3": "MP3"}
# How much is thrown away goes from 0 to 1.
_LOSSY: dict[Format, dict] = {
    "ogg": {"subtype": "VORBIS", "compression_level": 0.2},  # quality 8, about 256 kb/s
    "opus": {"subtype": "OPUS", "compression_level": 0.5},  # about 260 kb/s in stereo
    "mp3": {"subtype": "MPEG_LAYER_III", "compression_level": 0.0, "bitrate_mode": "CONSTANT"},  # 320 kb/s
}


class _Recorder:
    """A file that notes the first error, and from then on pretends: libsndfile would hide which error it was."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        return self._try(self._file.write, data, otherwise=len(data))

    def seek(self, *place: int) -> int:
        return self._try(self._file.seek, *place, otherwise=0)

    def tell(self) -> int:
        return self._try(self._file.tell, otherwise=0)

    def _try(self, does: Callable[..., int], *arguments, otherwise: int) -> int:
        if not self.error:
            try:
                return does(*arguments)
            except OSError as error:
                self.error = error
        return otherwise

    def check(self) -> None:
        """Raise what went wrong."""
        if self.error:
            raise self.error


def fill_encoded(
    file: BinaryIO,
    blocks: Iterable[np.ndarray],
    layout: tuple[int, int],
    settings: ExportSettings,
    tags: dict[str, str],
) -> None:
    """Write float32 (channels, n) `blocks`, whose `layout` is (rate in Hz, channels), and `tags` by libsndfile's names.

    Clips beyond full scale, except in 32-bit float. Raises OSError where the file cannot be written.
    """
    recorder, dither = _Recorder(file), dither_source()
    options = _LOSSY.get(settings.format, {"subtype": _PCM[settings.depth]})
    try:
        with soundfile.SoundFile(recorder, "w", *layout, format=_CONTAINERS[settings.format], **options) as out:
            for name, text in tags.items():
                setattr(out, name, text)
            for block in blocks:
                out.write(_values(block.T, options["subtype"], dither))
                recorder.check()
    finally:
        recorder.check()


def _values(frames: np.ndarray, subtype: str, dither: np.random.Generator) -> np.ndarray:
    """(n, channels) in the type that libsndfile writes unchanged."""
    if subtype == "PCM_16":
        return to_16(frames, dither)
    if subtype == "PCM_24":
        return to_24(frames) << 8
    return frames if subtype == "FLOAT" else frames.clip(-1, 1)
