"""The file `take.json`: what a take is made from, and how far it is; with its `frames`, the take itself."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from engine.controls import ControlHistory, Controls, upgraded
from engine.errors import CalmError
from engine.project.checks import check_name
from engine.project.disk import read_limited
from engine.project.frames import Frames, put_together
from engine.recipe import Machine, ModelUsed, Move
from engine.records import Misfit, record
from engine.request import MAX_SEED, Place, Prompt, Request, SeedFrom, SheetFrom
from engine.sheets import SheetHistory, in_order
from engine.take import Take, TakeState

VERSION = 2
LARGEST = 64 << 20  # bytes; ten minutes in which a knob moved at every frame have 2 MB
MOST_FRAMES = 8 << 30  # bytes of a file of frames: 600 s at 192 kHz, written nine times over


@dataclass(frozen=True)
class TakeFile:
    """`sound` is the file in `sounds` of which samples `start` to `stop`, called `name`, were continued. What was asked
    for is the first take's, of which this may be a fork; `seed`, `place`, `forks` and `sheets` are the take's own.
    `moves` are None while it is written: they are in the frames then. `model` made it on `machine`."""

    version: int
    sound: str
    name: str
    start: int
    stop: int
    seconds: float
    asked_seed: int
    controls: Controls
    text: str
    sheets: tuple[SheetFrom, ...]
    tries: int
    seed: int
    place: Place
    forks: tuple[SeedFrom, ...]
    moves: tuple[Move, ...] | None
    state: TakeState
    model: ModelUsed | None
    machine: Machine | None

    def __post_init__(self):
        check_name(self.sound)
        for what, each in (("moves", self.moves or ()), ("forks", self.forks)):
            frames = [one.frame for one in each]
            if frames and (frames[0] < 0 or any(a >= b for a, b in pairwise(frames))):
                raise Misfit(f"the {what} are not in order")
        if not in_order(self.sheets):
            raise Misfit("the lead sheets are not in order")
        if not all(0 <= fork.seed <= MAX_SEED for fork in self.forks) or not 0 <= self.seed <= MAX_SEED:
            raise Misfit("its seeds make no sense")
        if not all(0 <= place.row < place.rows for place in (self.place, *(fork.place for fork in self.forks))):
            raise Misfit("its places make no sense")

    @property
    def info(self) -> dict | None:
        """As a model's own: what `engine.recipe.recipe_of` needs."""
        if self.model is None or self.machine is None:
            return None
        return dataclasses.asdict(self.model) | dataclasses.asdict(self.machine)


def take_file(take: Take, info: dict | None, sound: str) -> TakeFile:
    """What there is to say of `take` now; `info` is that of the model that writes it, `sound` the file of its clip."""
    first, prompt = take.request.origin, take.request.prompt
    changes = None if take.state == "writing" else take.history.changes
    return TakeFile(
        version=VERSION,
        sound=sound,
        name=prompt.name,
        start=prompt.start,
        stop=prompt.stop,
        seconds=float(take.request.seconds),
        asked_seed=first.seed,
        controls=first.controls,
        text=first.text,
        sheets=take.sheets.as_told,
        tries=first.tries,
        seed=take.seed,
        place=take.place,
        forks=take.forks,
        moves=None if changes is None else tuple(Move(frame, controls) for frame, controls in changes),
        state=take.state,
        model=info and ModelUsed(info["name"], info["sha256"], info["license"]),
        machine=info and Machine(info["device"], info["device_name"], info["threads"], info["arithmetic"]),
    )


def to_json(file: TakeFile) -> bytes:
    return json.dumps(dataclasses.asdict(file), allow_nan=False, separators=(",", ":")).encode()


def read_take_file(path: Path) -> TakeFile:
    """Raises CalmError for what is damaged or from a newer version."""
    try:
        data = json.loads(read_limited(path, LARGEST))
        version = data.get("version") if isinstance(data, dict) else None
        if type(version) is int and version > VERSION:
            raise CalmError("It was made by a newer CALM Studio", "Update CALM Studio to open it")
        return record(TakeFile, upgraded(data), "take")
    except (ValueError, RecursionError) as error:
        said = error if isinstance(error, Misfit) else "it is no JSON"
        raise CalmError(f"What it is made from is damaged: {said}", "Use another copy of the project") from error


def read_take(folder: Path, file: TakeFile, prompt: Prompt, number: int) -> tuple[Take, int]:
    """The take in `folder`, as take `number`, and how many of its samples are silent because they were damaged.

    It is "finished" or "stopped", whatever became of it. Raises CalmError where it contradicts itself.
    """
    first = file.sheets[0].sheet
    request = Request(prompt, file.seconds, file.asked_seed, file.controls, file.text, sheet=first, tries=file.tries)
    take = Take(request, number)
    content = read_limited(folder / "frames", MOST_FRAMES) if (folder / "frames").exists() else b""
    try:
        frames = put_together(content, take.cut, take.samples.shape[1])
    except Misfit as error:
        raise CalmError(f"What was written of it is damaged: {error}", "Use another copy of the project") from error
    _fill(take, file, frames)
    return take, frames.lost


def _fill(take: Take, file: TakeFile, frames: Frames) -> None:
    take.append(frames.samples)
    take.borders, take.drawn = list(frames.borders), list(frames.drawn)
    take.seed, take.place, take.forks = file.seed, file.place, file.forks
    take.history, take.sheets = frames.history, SheetHistory.of(file.sheets)
    if file.moves is not None:
        take.history = ControlHistory(tuple((move.frame, move.controls) for move in file.moves))
    take.state = "finished" if take.full else "stopped"
