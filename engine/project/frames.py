"""The file `frames` of a take: what was written of it, frame by frame, with controls, latents and checksums.

It is only ever appended to. A frame whose number was there already says that the take went back to it: it takes the
place of that one and of all that followed. What a crash has torn, at the end, is left out; of damage in the middle only
the frames concerned are lost, and silence keeps their place.
"""

from __future__ import annotations

import dataclasses
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.controls import ControlHistory, Controls, upgraded
from engine.errors import CalmError
from engine.records import Misfit, record

MAGIC = b"CLMf"
HEAD = struct.Struct("<4sIQIII")
"""MAGIC, number of the frame, its first sample in the take, its samples, bytes of its origin, checksum of all else but
this head's own; that follows, in TAIL. Then come the origin and the samples, float32, left and right by turns. The
origin is the controls as JSON and, where it is known, a line feed and the latent that was drawn, float32."""
TAIL = struct.Struct("<I")
MOST_ORIGIN = 1 << 16  # bytes


@dataclass(frozen=True, eq=False)
class Kept:
    """One frame: samples (2, n) float32 from sample `start` of the take on, and the latent (1, dim) that was drawn."""

    number: int
    start: int
    controls: Controls
    samples: np.ndarray
    drawn: np.ndarray | None = None

    @property
    def stop(self) -> int:
        return self.start + self.samples.shape[1]


@dataclass(frozen=True, eq=False)
class Frames:
    """What a file of frames holds: samples (2, n) after the cut; where each frame begins in the take, and its latent;
    the controls of all; and how many samples are silent because they were damaged."""

    samples: np.ndarray
    borders: tuple[int, ...]
    drawn: tuple[np.ndarray | None, ...]
    history: ControlHistory
    lost: int


def packed(frame: Kept) -> bytes:
    """The frame as the file holds it."""
    origin = json.dumps(dataclasses.asdict(frame.controls), separators=(",", ":")).encode()
    if frame.drawn is not None:
        origin += b"\n" + frame.drawn.astype("<f4").tobytes()
    body = origin + np.ascontiguousarray(frame.samples.T, dtype="<f4").tobytes()
    count = frame.samples.shape[1]
    head = HEAD.pack(MAGIC, frame.number, frame.start, count, len(origin), zlib.crc32(body))
    return head + TAIL.pack(zlib.crc32(head)) + body


def unpacked(content: bytes) -> Iterator[Kept]:
    """All whole frames in `content`, in the order in which they were written."""
    at = content.find(MAGIC)
    while at >= 0:
        frame, end = _frame_at(content, at)
        if frame is not None:
            yield frame
        at = content.find(MAGIC, end)


def _frame_at(content: bytes, at: int) -> tuple[Kept | None, int]:
    """The frame at a place, None if it is damaged or torn, and where to look for the next."""
    body = at + HEAD.size + TAIL.size
    if body > len(content) or TAIL.unpack_from(content, at + HEAD.size)[0] != zlib.crc32(content[at : at + HEAD.size]):
        return None, at + 1
    _, number, start, count, length, checksum = HEAD.unpack_from(content, at)
    sound, end = body + length, body + length + 8 * count
    if end > len(content):
        return None, at + 1
    if length > MOST_ORIGIN or zlib.crc32(memoryview(content)[body:end]) != checksum:
        return None, end
    controls, told, latent = content[body:sound].partition(b"\n")
    try:
        controls = record(Controls, upgraded(json.loads(controls)), "controls")
        drawn = np.frombuffer(latent, "<f4")[None].copy() if told else None
    except (ValueError, RecursionError, CalmError):
        return None, end
    samples = np.frombuffer(content, "<f4", 2 * count, sound).reshape(-1, 2).T
    return Kept(number, start, controls, samples, drawn), end


def put_together(content: bytes, cut: int, capacity: int) -> Frames:
    """The continuation of a take with its cut and room for `capacity` samples. Raises Misfit where numbers that are
    whole contradict each other."""
    standing: list[Kept] = []
    for frame in unpacked(content):
        while standing and standing[-1].number >= frame.number:
            standing.pop()
        before = standing[-1] if standing else Kept(-1, cut, frame.controls, np.zeros((2, 0), np.float32))
        if not (before.stop <= frame.start <= frame.stop <= capacity and np.isfinite(frame.samples).all()):
            raise Misfit(f"its frame {frame.number} lies outside it")
        standing.append(frame)
    return _joined(standing, cut)


def _joined(standing: list[Kept], cut: int) -> Frames:
    """Where frames are missing, their borders are spread over the gap."""
    stop = standing[-1].stop if standing else cut
    samples, borders, drawn, history = np.zeros((2, stop - cut), np.float32), [], [], ControlHistory()
    end = cut
    for frame in standing:
        missing = frame.number - len(borders)
        if missing > frame.start - end:
            raise Misfit(f"its frame {frame.number} lies outside it")
        borders += [end + (frame.start - end) * each // missing for each in range(missing)]
        borders.append(frame.start)
        drawn += [None] * missing + [frame.drawn]
        history.record(frame.number, frame.controls)
        samples[:, frame.start - cut : frame.stop - cut] = frame.samples
        end = frame.stop
    lost = samples.shape[1] - sum(frame.samples.shape[1] for frame in standing)
    return Frames(samples, tuple(borders), tuple(drawn), history, lost)
