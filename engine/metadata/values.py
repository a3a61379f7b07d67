"""The values: what a file can say, in samples of its own rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

ORIGINATOR = "CALM Studio"
NOTES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MODES = ("major", "minor")


@dataclass(frozen=True)
class Loudness:
    """EBU R 128 figures: `integrated`, `momentary` and `short_term` (the largest of each) in LUFS, `spread` (the
    loudness range) in LU, `true_peak` in dBTP."""

    integrated: float
    spread: float
    true_peak: float
    momentary: float
    short_term: float


@dataclass(frozen=True)
class Origin:
    """Samples `start` to `stop` (not included) and who made them."""

    start: int
    stop: int
    made_by: Literal["human", "generated"]


@dataclass(frozen=True)
class Metadata:
    """A file of `frames` samples at `rate` Hz. What is not known is None or empty, and is not written.

    `title` and `description` are one line each; `scene` is the prompt's name and `take` the number of the take;
    `software` wrote the file; `model` and `licence` are those of the model that generated.
    `cut` is the first generated sample, `markers` are further (sample, label), `loop` is (start, stop), stop not
    included. `tempo` is in beats a minute, `beats` counts those of the whole file, `tonic` is 0 (C) to 11 and `mode`
    "major" or "minor". `time_reference` is where sample 0 lies on the project's own time line, in samples since
    midnight (EBU Tech 3285). `recipe` is the JSON of `engine.recipe.Recipe`. `origins` says who made which samples.
    """

    rate: int
    frames: int
    channels: int = 2
    bits: int = 24
    title: str = ""
    description: str = ""
    scene: str = ""
    take: int | None = None
    software: str = ""
    model: str = ""
    licence: str = ""
    created: datetime | None = None
    cut: int | None = None
    markers: tuple[tuple[int, str], ...] = ()
    loop: tuple[int, int] | None = None
    tempo: float | None = None
    beats_per_bar: int | None = None
    beats: int | None = None
    tonic: int | None = None
    mode: str | None = None
    loudness: Loudness | None = None
    time_reference: int = 0
    recipe: str = ""
    origins: tuple[Origin, ...] = ()

    @property
    def key(self) -> str:
        """Such as "F minor"; "" when unknown."""
        return "" if self.tonic is None else " ".join([NOTES[self.tonic], *([self.mode] if self.mode else [])])


def cropped(metadata: Metadata, start: int, stop: int) -> Metadata:
    """For a file that holds only samples `start` to `stop`: what lies outside is dropped, the rest moves."""

    def inside(at: int | None) -> int | None:
        return at - start if at is not None and start <= at < stop else None

    loop = metadata.loop
    whole_loop = loop is not None and start <= loop[0] and loop[1] <= stop
    pieces = (Origin(max(o.start, start) - start, min(o.stop, stop) - start, o.made_by) for o in metadata.origins)
    return replace(
        metadata,
        frames=stop - start,
        cut=inside(metadata.cut),
        markers=tuple((at - start, label) for at, label in metadata.markers if start <= at < stop),
        loop=(loop[0] - start, loop[1] - start) if whole_loop else None,
        beats=None,
        time_reference=metadata.time_reference + start,
        origins=tuple(piece for piece in pieces if piece.start < piece.stop),
    )


def at_rate(metadata: Metadata, rate: int, frames: int) -> Metadata:
    """For the same sound at another `rate` in Hz, in `frames` samples."""

    def moved(at: int | None) -> int | None:
        return None if at is None else min(frames, round(at * rate / metadata.rate))

    loop = metadata.loop
    return replace(
        metadata,
        rate=rate,
        frames=frames,
        cut=moved(metadata.cut),
        markers=tuple((moved(at), label) for at, label in metadata.markers),
        loop=(moved(loop[0]), moved(loop[1])) if loop else None,
        time_reference=round(metadata.time_reference * rate / metadata.rate),
        origins=tuple(Origin(moved(o.start), moved(o.stop), o.made_by) for o in metadata.origins),
    )
