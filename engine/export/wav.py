"""Writes WAV, by hand so that it is exact and takes chunks that no library writes; RF64 past 4 GiB."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from engine.errors import CalmError
from engine.export.quantise import dither_source, to_16, to_24
from engine.export.settings import Depth
from engine.export.whole_file import write_whole

_BYTES = {"16": 2, "24": 3, "32f": 4}
_PCM, _FLOAT = 1, 3  # format tags
_RIFF_LIMIT = 2**32 - 1
_BLOCK = 1 << 16


def write_wav(path: str | Path, samples: np.ndarray, rate: int, depth: Depth = "24", chunks: bytes = b"") -> Path:
    """Write (channels, N) float32 `samples`, full scale +-1, at `rate` Hz; return the path, numbered if it was taken.

    "24" rounds to 24 bits; "16" adds triangular dither of one step, but only to values that are not already 16-bit
    ones, so 16- and 24-bit sources come back bit for bit at their own depth; "32f" keeps the values. Beyond full
    scale, 16 and 24 bits clip. `chunks` are whole RIFF chunks to put before the samples. Files past 4 GiB are RF64.
    Either the whole file appears under its name or none does.
    Raises CalmError when there is nothing to write, a value is NaN or infinite, or the folder does not take the file.
    """
    check_sound(samples)
    blocks = (samples[:, at : at + _BLOCK] for at in range(0, samples.shape[1], _BLOCK))
    head = header(*samples.shape, rate, depth, chunks)
    return write_whole(Path(path), lambda file: fill_wav(file, blocks, head, depth))


def check_sound(samples: np.ndarray) -> None:
    """Raise CalmError when there are no samples, or some are no numbers."""
    if not samples.shape[1]:
        raise CalmError("There is no sound to save", "Press Continue first, or choose another take")
    if not np.isfinite(samples).all():
        raise CalmError("The sound holds values that are not numbers, and was not saved", "Make this take again")


def fill_wav(file: BinaryIO, blocks: Iterable[np.ndarray], head: bytes, depth: Depth) -> None:
    """Write the header and then the samples, which come as float32 (channels, n)."""
    file.write(head)
    for data in _encoded(blocks, depth):
        file.write(data)
    if file.tell() % 2:
        file.write(b"\0")  # chunks are padded to even lengths


def header(channels: int, frames: int, rate: int, depth: Depth, chunks: bytes = b"") -> bytes:
    """Everything that comes before the samples: RIFF, or RF64 (EBU Tech 3306) where sizes pass 32 bits."""
    width = _BYTES[depth]
    tag = _FLOAT if depth == "32f" else _PCM
    form = _chunk(
        b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * channels * width, channels * width, 8 * width)
    )
    if depth == "32f":
        form += _chunk(b"fact", struct.pack("<I", min(frames, _RIFF_LIMIT)))
    form += chunks
    data = frames * channels * width
    riff = 4 + len(form) + 8 + data + data % 2
    if riff <= _RIFF_LIMIT:
        return b"RIFF" + struct.pack("<I", riff) + b"WAVE" + form + b"data" + struct.pack("<I", data)
    sizes = _chunk(b"ds64", struct.pack("<QQQI", riff + 36, data, frames, 0))
    unknown = struct.pack("<I", _RIFF_LIMIT)  # "see ds64"
    return b"RF64" + unknown + b"WAVE" + sizes + form + b"data" + unknown


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def _encoded(blocks: Iterable[np.ndarray], depth: Depth) -> Iterator[bytes]:
    """Interleaved little-endian bytes."""
    dither = dither_source()
    for block in blocks:
        frames = np.ascontiguousarray(block.T, dtype="<f4")
        if depth == "16":
            yield to_16(frames, dither).tobytes()
        elif depth == "24":
            steps = to_24(frames)
            yield steps.view(np.uint8).reshape(*steps.shape, 4)[:, :, :3].tobytes()
        else:
            yield frames.tobytes()
