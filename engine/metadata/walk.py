"""Finds the chunks of a RIFF or RF64 file that may be damaged or made to do harm: no length in it is believed."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

MOST_CHUNKS = 4096
LARGEST = 4 << 20  # bytes of a chunk that is read; a recipe with a move in every frame of 600 s has 1.5 MB
SEE_DS64 = 2**32 - 1


class Chunk(NamedTuple):
    """`size` is what the file really holds of the `promised` bytes after `start`."""

    name: bytes
    start: int
    size: int
    promised: int


def is_riff(head: bytes) -> bool:
    """Whether a file that starts with these 12 bytes is a WAV file."""
    return head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE"


def walk(file: BinaryIO, at: int, end: int) -> Iterator[Chunk]:
    """The chunks between two positions, at most MOST_CHUNKS of them, each inside these bounds.

    A chunk of odd length is followed by a padding byte, which some programs forget: it is then not skipped.
    """
    long_data = SEE_DS64
    for _ in range(MOST_CHUNKS):
        file.seek(at)
        head = file.read(8) if at + 8 <= end else b""
        if len(head) < 8:
            return
        name, promised = head[:4], struct.unpack("<I", head[4:])[0]
        if name == b"data" and promised == SEE_DS64:
            promised = long_data
        chunk = Chunk(name, at + 8, min(promised, end - at - 8), promised)
        if name == b"ds64" and chunk.size >= 16:
            long_data = struct.unpack("<8xQ", file.read(16))[0]
        yield chunk
        at = chunk.start + chunk.size + _padding(file, chunk)


def contents(file: BinaryIO, chunks: Iterable[Chunk], wanted: set[bytes]) -> dict[bytes, list[bytes]]:
    """What the wanted chunks hold, in the file's order, by name. LIST chunks go by the name of their list ("INFO"),
    which is left out. One longer than LARGEST is not read."""
    found = defaultdict(list)
    for chunk in chunks:
        if chunk.name not in wanted | {b"LIST"} or chunk.size > LARGEST:
            continue
        file.seek(chunk.start)
        content = file.read(chunk.size)
        name, content = (content[:4], content[4:]) if chunk.name == b"LIST" else (chunk.name, content)
        if name in wanted:
            found[name].append(content)
    return found


def _padding(file: BinaryIO, chunk: Chunk) -> int:
    if chunk.size % 2 == 0:
        return 0
    file.seek(chunk.start + chunk.size)
    return 0 if file.read(1).isalpha() else 1  # names of chunks start with a letter, padding is zero
