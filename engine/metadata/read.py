"""Reads what a sound file says about itself, whoever wrote it: never more than it finds, and never an exception but
CalmError."""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import soundfile

from engine.audio import for_libsndfile, printable
from engine.errors import CalmError
from engine.metadata import ixml, parse
from engine.metadata.comments import day, from_tags
from engine.metadata.riff import CUT_LABEL, ascii_text
from engine.metadata.values import Metadata, Origin
from engine.metadata.walk import Chunk, contents, is_riff, walk

WANTED = {b"fmt ", b"bext", b"INFO", b"iXML", b"acid", b"smpl", b"cue ", b"adtl"}


def read(path: str | Path) -> Metadata:
    """What a file of any format that `engine.audio.read` takes says about itself.

    Of chunks that are there twice, the first that can be read counts. Chunks that other programs move when they edit
    (cue, acid, smpl) are believed before iXML, which they carry along unchanged. CalmError if there is no such file, or
    it is no sound file.
    """
    path = Path(path)
    with _opened(path) as file:
        if not is_riff(file.read(12)):
            return _with_comments(path)
        chunks = list(walk(file, 12, file.seek(0, io.SEEK_END)))
        return _from_chunks(_layout(file, chunks), contents(file, chunks, WANTED))


def list_chunks(path: str | Path) -> list[Chunk]:
    """All chunks of a WAV file, in its order; none for other formats. CalmError if there is no such file."""
    with _opened(Path(path)) as file:
        return list(walk(file, 12, file.seek(0, io.SEEK_END))) if is_riff(file.read(12)) else []


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise CalmError(
            f"{printable(path.name)} cannot be opened: {error.strerror}",
            "Check that it is still there and that you may read it",
        ) from error


def _with_comments(path: Path) -> Metadata:
    try:
        with soundfile.SoundFile(for_libsndfile(path)) as file:
            empty = Metadata(rate=file.samplerate, frames=file.frames, channels=file.channels, bits=_bits(file.subtype))
            return from_tags(file.copy_metadata(), empty)
    except (soundfile.SoundFileError, TypeError, UnicodeDecodeError) as error:
        raise CalmError(
            f"{path.name} cannot be read as audio", "Use a WAV, FLAC, AIFF, MP3, OGG or Opus file"
        ) from error


def _bits(subtype: str) -> int:
    """Of a sample, as libsndfile names it; lossy formats count as 16."""
    return {"PCM_S8": 8, "PCM_24": 24, "PCM_32": 32, "FLOAT": 32, "DOUBLE": 64}.get(subtype, 16)


def _layout(file: BinaryIO, chunks: list[Chunk]) -> Metadata:
    """Rate and size alone. All are 0 in a file without fmt or data."""
    form = next((chunk for chunk in chunks if chunk.name == b"fmt " and chunk.size >= 16), None)
    data = next((chunk for chunk in chunks if chunk.name == b"data"), None)
    if form is None or data is None:
        return Metadata(rate=0, frames=0, channels=0, bits=0)
    file.seek(form.start)
    _, channels, rate, _, width, bits = struct.unpack("<HHIIHH", file.read(16))
    return Metadata(rate=rate, frames=data.size // max(width, 1), channels=channels, bits=bits)


def _from_chunks(found: Metadata, chunks: dict[bytes, list[bytes]]) -> Metadata:
    found = _with_info(found, parse.first(chunks[b"INFO"], parse.info))
    if bext := parse.first(chunks[b"bext"], parse.bext):
        found = replace(found, **{**bext, "description": found.description or bext["description"]})
    written = [fields for content in chunks[b"iXML"] if (fields := ixml.read(content))]
    if written:
        found = _with_ixml(found, next((fields for fields in written if fields.ours), written[0]))
    if acid := parse.first(chunks[b"acid"], parse.acid):
        found = replace(found, **acid)
        found = replace(found, mode=found.mode if found.tonic is not None else None)
    found = replace(found, loop=parse.first(chunks[b"smpl"], parse.loop))
    points = parse.first(chunks[b"cue "], parse.cues) or {}
    return _with_points(found, points, b"".join(chunks[b"adtl"]))


def _with_info(found: Metadata, info: dict[bytes, str] | None) -> Metadata:
    info = info or {}
    return replace(
        found,
        title=info.get(b"INAM", ""),
        description=info.get(b"ICMT", ""),
        software=info.get(b"ISFT", ""),
        created=day(info.get(b"ICRD", "")),
    )


def _with_ixml(found: Metadata, fields: ixml.Fields) -> Metadata:
    return replace(
        found,
        scene=fields.scene,
        take=fields.take,
        title=_fuller(found.title, fields.title),
        description=_fuller(found.description, fields.note),
        model=fields.model,
        licence=fields.licence,
        cut=fields.cut,
        tempo=fields.tempo,
        beats_per_bar=fields.beats_per_bar,
        tonic=fields.tonic,
        mode=fields.mode,
        recipe=fields.recipe,
        origins=fields.origins,
    )


def _fuller(plain: str, full: str) -> str:
    """`full`, unless it is not what `plain` was made from: then another program has changed that one."""
    return full if ascii_text(full).startswith(plain) else plain


def _with_points(found: Metadata, cues: dict[int, int], adtl: bytes) -> Metadata:
    """Cut, markers and origins, from the cues and their labels."""
    labels, lengths = parse.labels(adtl)
    points = [(at, lengths.get(number, 0), labels.get(number, "")) for number, at in cues.items()]
    points = sorted(point for point in points if point[0] <= found.frames)
    origins = tuple(
        Origin(at, min(at + length, found.frames), label)
        for at, length, label in points
        if length and label in ("human", "generated") and at < found.frames
    )
    cut = next((at for at, length, label in points if label == CUT_LABEL and not length), found.cut)
    markers = tuple((at, label) for at, length, label in points if not length and label != CUT_LABEL)
    return replace(found, cut=cut, markers=markers, origins=origins or found.origins)
