"""Writes a take to a WAV file: exact at its own depth, all or nothing, and never over another file."""

import errno
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal
from uuid import uuid4

import numpy as np

from engine.errors import CalmError
from engine.take import Take

Depth = Literal["16", "24", "32f"]
_BYTES = {"16": 2, "24": 3, "32f": 4}
_PCM, _FLOAT = 1, 3  # format tags
_RIFF_LIMIT = 2**32 - 1
_BLOCK = 1 << 16


def write_wav(path: str | Path, samples: np.ndarray, rate: int, depth: Depth = "24") -> Path:
    """Write (channels, N) float32 `samples`, full scale +-1, at `rate` Hz; return the path, numbered if it was taken.

    "24" rounds to 24 bits; "16" adds triangular dither of one step, but only to values that are not already 16-bit
    ones, so 16- and 24-bit sources come back bit for bit at their own depth; "32f" keeps the values. Beyond full
    scale, 16 and 24 bits clip. Files past 4 GiB are RF64. Either the whole file appears under its name or none does.
    Raises CalmError when there is nothing to write, a value is NaN or infinite, or the folder does not take the file.
    """
    path = Path(path)
    if not samples.shape[1]:
        raise CalmError("There is no sound to save", "Press Continue first, or choose another take")
    if not np.isfinite(samples).all():
        raise CalmError("The sound holds values that are not numbers, and was not saved", "Make this take again")
    part = path.parent / f".{uuid4().hex}.part"  # a short name of its own: `path.name` may be as long as names can be
    try:
        try:
            with open(part, "xb") as file:
                _write(file, samples, rate, depth)
            target = free_path(path)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise _explain(error, path) from error
    return target


def free_path(path: str | Path) -> Path:
    """`path`, or the first of name_2.wav, name_3.wav ... that does not exist."""
    path = Path(path)
    free, number = path, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}_{number}{path.suffix}")
    return free


def take_name(take: Take) -> str:
    """The file name of a take, such as rhodes_riff_cont03_s4711.wav: prompt, take number, seed."""
    prompt = re.sub(r"[^\w.-]+", "_", take.request.prompt.name).strip("._")[:80]
    return f"{prompt or 'take'}_cont{take.id:02d}_s{take.request.seed}.wav"


def _write(file: BinaryIO, samples: np.ndarray, rate: int, depth: Depth) -> None:
    file.write(_header(*samples.shape, rate, depth))
    for data in _encode(samples, depth):
        file.write(data)
    if file.tell() % 2:
        file.write(b"\0")  # chunks are padded to even lengths
    file.flush()
    os.fsync(file.fileno())  # a power cut after the rename must not leave a name with nothing behind it


def _header(channels: int, frames: int, rate: int, depth: Depth) -> bytes:
    """Everything that comes before the samples."""
    width = _BYTES[depth]
    tag = _FLOAT if depth == "32f" else _PCM
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * channels * width, channels * width, 8 * width)
    chunks = _chunk(b"fmt ", form)
    if depth == "32f":
        chunks += _chunk(b"fact", struct.pack("<I", min(frames, _RIFF_LIMIT)))
    data = frames * channels * width
    riff = 4 + len(chunks) + 8 + data + data % 2
    if riff <= _RIFF_LIMIT:
        return b"RIFF" + struct.pack("<I", riff) + b"WAVE" + chunks + b"data" + struct.pack("<I", data)
    sizes = _chunk(b"ds64", struct.pack("<QQQI", riff + 36, data, frames, 0))
    unknown = struct.pack("<I", _RIFF_LIMIT)  # "see ds64"
    return b"RF64" + unknown + b"WAVE" + sizes + chunks + b"data" + unknown


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def _encode(samples: np.ndarray, depth: Depth) -> Iterator[bytes]:
    """The samples as interleaved little-endian bytes, block by block."""
    dither = np.random.default_rng(0)  # a fixed seed: the same take gives the same file
    for at in range(0, samples.shape[1], _BLOCK):
        block = np.ascontiguousarray(samples[:, at : at + _BLOCK].T, dtype="<f4")
        if depth == "16":
            yield _to_16(block, dither).tobytes()
        elif depth == "24":
            yield _to_24(block).tobytes()
        else:
            yield block.tobytes()


def _to_16(block: np.ndarray, dither: np.random.Generator) -> np.ndarray:
    scaled = block * np.float32(2**15)
    triangular = dither.random(block.shape, dtype=np.float32) - dither.random(block.shape, dtype=np.float32)
    on_grid = scaled == np.rint(scaled)
    return np.clip(np.rint(np.where(on_grid, scaled, scaled + triangular)), -(2**15), 2**15 - 1).astype("<i2")


def _to_24(block: np.ndarray) -> np.ndarray:
    """(N, channels) as (N, channels, 3) bytes. Exact: float32 holds 24-bit integers and scales by powers of two."""
    steps = np.clip(np.rint(block * np.float32(2**23)), -(2**23), 2**23 - 1).astype("<i4")
    return steps.view(np.uint8).reshape(*steps.shape, 4)[:, :, :3]


def _explain(error: OSError, path: Path) -> CalmError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CalmError(f"The disk is full: {path.name} was not saved", "Free some space or save to another drive")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CalmError(f"The folder {path.parent} cannot be written to", "Save to another folder")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return CalmError(
            f"The folder {path.parent} does not exist", "Check that its drive is connected, or save to another folder"
        )
    return CalmError(f"{path.name} was not saved: {error.strerror}", "Save to another folder or drive")
