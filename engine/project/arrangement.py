"""The file `project.json`: how clips and takes are arranged, and all that the user has said about them."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from engine.controls import Controls, upgraded
from engine.drift import Fault
from engine.errors import CalmError
from engine.music.heard import Heard
from engine.project.checks import check_heard, check_name, check_numbers
from engine.recipe import Move, Parent, Recipe
from engine.records import Misfit, record
from engine.request import SheetFrom
from engine.sheets import in_order

T = TypeVar("T")
VERSION = 2
LARGEST = 64 << 20  # bytes; a project of a hundred takes has 2 MB


@dataclass(frozen=True)
class ClipKept:
    """A clip on the shelf: samples `start` to `stop` of the file `sound` in `sounds` are used. `source` is where the
    sound came from, "" if that is not known."""

    sound: str
    name: str
    start: int
    stop: int
    source: str
    heard: Heard | None

    def __post_init__(self):
        check_name(self.sound)
        check_heard(self.heard)


@dataclass(frozen=True)
class BranchKept:
    """Where a take leaves another: the folder of that in `takes`, "" where it is not there, its name, and where."""

    take: str
    lane: str
    parent: Parent | None
    seconds: float
    offset: float

    def __post_init__(self):
        check_numbers(self)


@dataclass(frozen=True)
class MarksKept:
    """What the user says of a take; `colour` is a number from 0 on."""

    title: str = ""
    notes: str = ""
    colour: int | None = None
    starred: bool = False
    muted: bool = False


@dataclass(frozen=True)
class Marker:
    """A place in a take, in samples."""

    sample: int
    label: str

    def __post_init__(self):
        check_numbers(self)


@dataclass(frozen=True)
class AlarmKept:
    """A take has collapsed from `sample` on."""

    kind: Fault
    sample: int

    def __post_init__(self):
        check_numbers(self)


@dataclass(frozen=True)
class VariationKept:
    """Which of the takes that were asked for together this is; the `group` has the number of the first."""

    group: int
    number: int

    def __post_init__(self):
        check_numbers(self)


@dataclass(frozen=True)
class LaneKept:
    """A take, by its folder in `takes`, and what is known of it. `recipe` is None where `take.json` says it all,
    `moves` and
    `sheets` where none were edited."""

    take: str
    name: str
    note: str
    marks: MarksKept
    heard: Heard | None
    branch: BranchKept | None
    recipe: Recipe | None
    markers: tuple[Marker, ...]
    alarm: AlarmKept | None
    variation: VariationKept | None
    moves: tuple[Move, ...] | None = None
    sheets: tuple[SheetFrom, ...] | None = None

    def __post_init__(self):
        check_name(self.take)
        check_heard(self.heard)
        frames = [move.frame for move in self.moves or ()]
        if self.moves is not None and (frames[:1] != [0] or any(a >= b for a, b in pairwise(frames))):
            raise Misfit("the edited moves are not in order")
        if self.sheets is not None and not in_order(self.sheets):
            raise Misfit("the edited lead sheets are not in order")


@dataclass(frozen=True)
class SelectionKept:
    """A part of the timeline, in seconds."""

    anchor: float
    head: float

    def __post_init__(self):
        check_numbers(self)


@dataclass(frozen=True)
class View:
    """Where the user was. `clip` is the index of the selected clip, `chosen` the folder of the selected take, `deleted`
    are folders in `takes` that the user has deleted: all others are there, listed or not. `taken` counts the takes
    there ever were; `cursor` is in seconds; `controls` are those of the panel."""

    clip: int | None = None
    chosen: str | None = None
    deleted: tuple[str, ...] = ()
    taken: int = 0
    cursor: float = 0.0
    selection: SelectionKept | None = None
    looping: bool = False
    controls: Controls = field(default_factory=Controls)

    def __post_init__(self):
        check_numbers(self)


@dataclass(frozen=True)
class Arrangement:
    """Clips and lanes in their order, and where the user was."""

    clips: tuple[ClipKept, ...] = ()
    lanes: tuple[LaneKept, ...] = ()
    view: View = field(default_factory=View)


@dataclass(frozen=True)
class Read:
    """An arrangement as far as it could be read, and what could not, in sentences without a closing full stop."""

    arrangement: Arrangement
    left_out: tuple[str, ...]


def to_json(arrangement: Arrangement) -> bytes:
    data = {"version": VERSION} | dataclasses.asdict(arrangement)
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode()


def from_json(content: bytes) -> Read:
    """What can be read of it: each clip and each lane for itself."""
    try:
        data = upgraded(json.loads(content))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or type(data.get("version")) is not int:
        return Read(Arrangement(), ("The order of clips and takes, their names and marks: project.json is damaged",))
    newer = data["version"] > VERSION
    left_out = ["What only a newer CALM Studio knows: update CALM Studio to see it"] if newer else []

    def read(cls: type[T], kept: object, what: str) -> T | None:
        try:
            return record(cls, _known(cls, kept) if newer else kept, what)
        except (Misfit, CalmError) as error:
            left_out.append(f"What was said of {what}: {error.args[0]}")
            return None

    parts = {}
    for name, cls, what in (("clips", ClipKept, "clip"), ("lanes", LaneKept, "take")):
        listed = data[name] if isinstance(data.get(name), list) else []
        found = (read(cls, each, f"{what} {number}") for number, each in enumerate(listed, 1))
        parts[name] = tuple(each for each in found if each is not None)
    view = read(View, data.get("view"), "the view") or View()
    return Read(Arrangement(**parts, view=view), tuple(left_out))


def _known(cls: type, data: object) -> object:
    """Without the entries that `cls` does not have."""
    if not isinstance(data, dict):
        return data
    names = {each.name for each in dataclasses.fields(cls)}
    return {name: value for name, value in data.items() if name in names}
