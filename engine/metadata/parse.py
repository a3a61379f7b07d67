"""What single chunks of a WAV file hold, whoever wrote them. Each function returns None, or raises struct.error, for
content that makes no sense; `first` takes both as "try the next"."""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from engine.metadata.comments import day
from engine.metadata.riff import ACID, BEXT, CUE, HAS_ROOT, REGION, SAMPLER, SAMPLER_LOOP, UNUSED
from engine.metadata.values import Loudness
from engine.metadata.walk import walk

LONGEST_LABEL = 1_000
T = TypeVar("T")


def first(contents: list[bytes], parse: Callable[[bytes], T | None]) -> T | None:
    """What the first chunk holds that can be parsed, None when none can."""
    for content in contents:
        try:
            if (parsed := parse(content)) is not None:
                return parsed
        except struct.error:  # too short
            continue
    return None


def _text(content: bytes) -> str:
    """Up to the first zero. Windows-1252 where it is not UTF-8: that is what older programs wrote."""
    content = content.split(b"\0")[0]
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def info(content: bytes) -> dict[bytes, str]:
    return {name: _text(content) for name, content in _parts(content)}


def _parts(content: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks inside a LIST chunk."""
    inside = walk(io.BytesIO(content), 0, len(content))
    return [(chunk.name, content[chunk.start : chunk.start + chunk.size]) for chunk in inside]


def bext(content: bytes) -> dict:
    """Fields of Metadata. Version 1 and 0 files have no loudness."""
    fields = BEXT.unpack_from(content)
    description, originator, _, date, time, reference, version, _, *rest = fields
    said = {"description": _text(description), "time_reference": reference}
    if created := _moment(_text(date), _text(time)):
        said["created"] = created
    if version >= 2 and UNUSED not in rest[:5]:
        said["loudness"] = Loudness(*(value / 100 for value in rest[:5]))
    return said


def _moment(date: str, time: str) -> datetime | None:
    """EBU Tech 3285 lets the parts of either be separated by any of "-_:. "."""
    try:
        return datetime.strptime(
            f"{date[:4]} {date[5:7]} {date[8:]} {time[:2]} {time[3:5]} {time[6:]}", "%Y %m %d %H %M %S"
        )
    except ValueError:
        return day(date)


def acid(content: bytes) -> dict | None:
    """Fields of Metadata; a root note of no meaning, or a tempo that no music has, is not believed."""
    flags, root, _, _, beats, _, meter, tempo = ACID.unpack_from(content)
    if not (math.isfinite(tempo) and 1 <= tempo <= 1000):
        return None
    said = {"tempo": round(tempo, 3), "beats": beats or None, "beats_per_bar": meter or None}
    if flags & HAS_ROOT:
        said["tonic"] = root % 12
    return said


def loop(content: bytes) -> tuple[int, int] | None:
    """The first loop that is not empty."""
    count = SAMPLER.unpack_from(content)[7]
    for index in range(min(count, (len(content) - SAMPLER.size) // SAMPLER_LOOP.size)):
        _, _, start, last, _, _ = SAMPLER_LOOP.unpack_from(content, SAMPLER.size + index * SAMPLER_LOOP.size)
        if start < last:
            return start, last + 1
    return None


def cues(content: bytes) -> dict[int, int]:
    """Sample by number of the cue."""
    count = min(struct.unpack_from("<I", content)[0], (len(content) - 4) // CUE.size)
    entries = (CUE.unpack_from(content, 4 + index * CUE.size) for index in range(count))
    return {number: offset for number, _, _, _, _, offset in entries}


def labels(adtl: bytes) -> tuple[dict[int, str], dict[int, int]]:
    """Label and length of cues, by their numbers."""
    labels, lengths = {}, {}
    for name, content in _parts(adtl):
        if name == b"labl" and len(content) >= 4:
            labels[struct.unpack_from("<I", content)[0]] = _text(content[4:])[:LONGEST_LABEL]
        elif name == b"ltxt" and len(content) >= REGION.size:
            number, length = REGION.unpack_from(content)[:2]
            lengths[number] = length
    return labels, lengths
