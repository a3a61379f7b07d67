"""The main path of an export: part -> rendered -> measured -> gain -> depth -> file. Twice through the sound, because a
WAV's header states its length and loudness, and a loudness target needs the gain, before the first sample."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from engine.export.encode import fill_encoded
from engine.export.level import Level, amplified, gain_for, louder, measured
from engine.export.notes import notes
from engine.export.piece import Piece
from engine.export.render import channels, rendered
from engine.export.settings import Depth, ExportSettings
from engine.export.wav import check_sound, fill_wav, header
from engine.export.whole_file import write_whole
from engine.metadata import Metadata, tags
from engine.metadata.riff import chunks
from engine.metadata.values import at_rate

Progress = Callable[[int, int], None]
"""Called with the work done and the work in all, both in samples."""

_BITS: dict[Depth, int] = {"16": 16, "24": 24, "32f": 32}


@dataclass(frozen=True)
class Exported:
    """A finished file. `gain` is in dB, `clipped` counts the values that lay beyond full scale and were cut off there,
    `notes` are plain sentences about what the user would not expect."""

    path: Path
    metadata: Metadata
    gain: float
    clipped: int
    notes: tuple[str, ...]


class _Stopped(Exception):
    pass


def export(
    piece: Piece,
    settings: ExportSettings,
    path: str | Path,
    progress: Progress = lambda done, total: None,
    stop: threading.Event | None = None,
) -> Exported | None:
    """Write one file, named `path` or, if that is taken, numbered; None once `stop` is set, which leaves no file.

    With the default settings every sample of a 24-bit source is in the file bit for bit. Another rate resamples all,
    the source too. A loudness target only sets the gain, less of it where the true peak would pass -1 dBTP: nothing is
    ever limited. Raises CalmError for a part that is not there, sound that cannot be saved, or a folder that does
    not take the file.
    """
    done = export_all([(piece, Path(path))], settings, progress, stop)
    return done[0] if done else None


def export_all(
    pieces: list[tuple[Piece, Path]],
    settings: ExportSettings,
    progress: Progress = lambda done, total: None,
    stop: threading.Event | None = None,
) -> list[Exported]:
    """`export` each to its path. Setting `stop` takes away what this call has written, and gives []."""
    parts = [(piece.cut_out(settings.part), path) for piece, path in pieces]
    watch = _Watch(progress, stop or threading.Event(), 2 * sum(part.metadata.frames for part, _ in parts))
    finished: list[Exported] = []
    try:
        for part, path in parts:
            finished.append(_export(part, settings, path, watch))
    except _Stopped:
        for exported in finished:
            exported.path.unlink(missing_ok=True)
        return []
    progress(watch.total, watch.total)
    return finished


class _Watch:
    """Lets sound through while nobody asked to stop, and reports it; `total` is in samples of the pieces."""

    def __init__(self, progress: Progress, stop: threading.Event, total: int):
        self._progress, self._stop, self.total = progress, stop, total
        self._done = 0.0

    def over(self, blocks: Iterable[np.ndarray], per_sample: float) -> Iterator[np.ndarray]:
        """The same blocks; each of their samples counts as `per_sample` of a piece's."""
        for block in blocks:
            if self._stop.is_set():
                raise _Stopped
            yield block
            self._done += block.shape[1] * per_sample
            self._progress(min(round(self._done), self.total), self.total)


def _export(part: Piece, settings: ExportSettings, path: Path, watch: _Watch) -> Exported:
    check_sound(part.samples)
    source = part.metadata.rate
    step, rate = source / settings.rate_for(source), settings.rate_for(source)
    level = measured(watch.over(rendered(part, settings), step), rate, channels(part, settings))
    gain = gain_for(level.loudness, settings.loudness)
    about = _described(part, settings, level, gain)
    blocks = amplified(watch.over(rendered(part, settings), step), gain)
    target = write_whole(path, lambda file: _fill(file, blocks, about, settings))
    clipped = level.over if gain == 0 and not settings.floating else 0
    return Exported(target, about, gain, clipped, notes(source, about, settings, clipped))


def _described(part: Piece, settings: ExportSettings, level: Level, gain: float) -> Metadata:
    """What the file says about itself."""
    moved = at_rate(part.metadata, settings.rate_for(part.metadata.rate), level.frames)
    return replace(
        moved,
        channels=channels(part, settings),
        bits=_BITS[settings.depth],
        loudness=louder(level.loudness, gain),
    )


def _fill(file: BinaryIO, blocks: Iterable[np.ndarray], about: Metadata, settings: ExportSettings) -> None:
    if settings.format == "wav":
        head = header(about.channels, about.frames, about.rate, settings.depth, chunks(about))
        fill_wav(file, blocks, head, settings.depth)
    else:
        fill_encoded(file, blocks, (about.rate, about.channels), settings, tags(about, settings.format))
