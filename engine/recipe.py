"""The recipe: everything that, with the prompt's samples, makes a take again, bit for bit. It travels in the file."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.audio import HIGHEST_RATE, LOWEST_RATE
from engine.controls import ControlHistory, Controls, upgraded
from engine.errors import CalmError
from engine.music.leadsheet import LeadSheet
from engine.records import Misfit, record
from engine.request import ALONE, MAX_SEED, Place, SeedFrom, SheetFrom
from engine.rows import MOST_ROWS
from engine.sheets import SheetHistory, in_order
from engine.take import Take

VERSION = 6
MOST_THREADS = 256
ANCHOR_BEFORE, ANCHOR_AFTER = 8, 8  # samples of the left channel around the cut, by which it is found in an edited file
GRID = np.float32(2**23)  # steps of a 24-bit sample in full scale
LOUDEST = 2**30  # steps: a sample of a float file may pass full scale


@dataclass(frozen=True)
class ModelUsed:
    """The model: its name, the sha256 of its weights, its licence."""

    name: str
    sha256: str
    license: str


@dataclass(frozen=True)
class Machine:
    """What computed: `device` is "cpu", "cuda" or "mps". The last bits depend on all of it: 1 and 2 `threads` on the
    same CPU give other samples with the bundled model (torch 2.13.0)."""

    device: str
    device_name: str
    threads: int
    arithmetic: str


@dataclass(frozen=True)
class PromptUsed:
    """The part of a clip that was continued: `frames` samples from `start` on, at `rate` Hz, which is the take's too.

    `sha256` is `sound_hash` of these samples. `anchor` holds the left channel around the cut, in 24-bit steps.
    """

    name: str
    rate: int
    start: int
    frames: int
    sha256: str
    anchor: tuple[int, ...]


@dataclass(frozen=True)
class Parent:
    """The take that this one branches off: its `sound_hash`, and the first sample of the prompt that is generated."""

    sha256: str
    cut: int


@dataclass(frozen=True)
class Move:
    """The controls in effect from a frame on."""

    frame: int
    controls: Controls


@dataclass(frozen=True)
class Recipe:
    """How a take was made. `seconds` were asked for; `frames` samples were written, the prompt's included, and `sha256`
    is their `sound_hash`. `drawn_with` is the seed of the best of `tries` beginnings, and `seed` itself for one;
    `forks` are seeds that took over later: a fork is its parent until there. `place` is the take's in the batch that it
    was written in, until the first fork. `sheets` are what it was told, and
    `moves` the history of its controls; `parent` is None unless it is a branch that heard its parent anew."""

    version: int
    app: str
    model: ModelUsed
    machine: Machine
    prompt: PromptUsed
    seconds: float
    seed: int
    tries: int
    drawn_with: int
    place: Place
    forks: tuple[SeedFrom, ...]
    text: str
    sheets: tuple[SheetFrom, ...]
    controls: Controls
    moves: tuple[Move, ...]
    parent: Parent | None
    frames: int
    sha256: str

    def __post_init__(self):
        frames = [move.frame for move in self.moves]
        if frames and (frames[0] != 0 or not _rising(frames)):
            raise Misfit("the moves of the controls are not in order")
        if not in_order(self.sheets):
            raise Misfit("the lead sheets are not in order")
        if not _rising([-1, *(fork.frame for fork in self.forks)]):
            raise Misfit("the forks are not in order")
        if not self._sizes_make_sense():
            raise Misfit("its sizes make no sense")

    def _sizes_make_sense(self) -> bool:
        prompt = self.prompt
        return (
            LOWEST_RATE <= prompt.rate <= HIGHEST_RATE
            and 0 <= prompt.start
            and 0 < prompt.frames <= self.frames
            and 1 <= self.machine.threads <= MOST_THREADS
            and (self.parent is None or 0 <= self.parent.cut < prompt.frames)
            and all(abs(step) <= LOUDEST for step in prompt.anchor)
            and all(0 <= fork.seed <= MAX_SEED for fork in self.forks)
            and all(0 <= place.row < place.rows <= MOST_ROWS for place in self._places)
        )

    @property
    def _places(self) -> tuple[Place, ...]:
        return (self.place, *(fork.place for fork in self.forks))

    @property
    def history(self) -> ControlHistory:
        """A fresh copy of the take's."""
        history = ControlHistory()
        for move in self.moves:
            history.record(move.frame, move.controls)
        return history

    @property
    def sheet_history(self) -> SheetHistory:
        """A fresh copy of the take's."""
        return SheetHistory.of(self.sheets)

    @property
    def first_sheet(self) -> LeadSheet | None:
        return self.sheets[0].sheet

    @property
    def last_sheet(self) -> LeadSheet | None:
        """The last one there is; it holds what those before it told."""
        return next((told.sheet for told in reversed(self.sheets) if told.sheet), None)


def _rising(frames: list[int]) -> bool:
    return all(a < b for a, b in zip(frames, frames[1:], strict=False))


def recipe_of(take: Take, info: dict, parent: Parent | None = None) -> Recipe:
    """The recipe of what is written of `take` so far, made by the model whose `info` this is (see engine.weights).

    A fork's is that of the first take, with the seeds that took over: a `parent` is then the first take's too. Hashing
    takes about 4 ms per second of sound at 48 kHz (one busy core of an AMD EPYC).
    """
    request, clip = take.request.origin, take.request.prompt
    return Recipe(
        version=VERSION,
        app=importlib.metadata.version("calm-studio"),
        model=ModelUsed(info["name"], info["sha256"], info["license"]),
        machine=Machine(info["device"], info["device_name"], info["threads"], info["arithmetic"]),
        prompt=PromptUsed(
            clip.name, take.rate, clip.start, take.cut, sound_hash(take.samples[:, : take.cut]), anchor(take)
        ),
        seconds=float(take.request.seconds),
        seed=request.seed,
        tries=request.tries,
        drawn_with=take.seed,
        place=take.place,
        forks=take.forks,
        text=request.text,
        sheets=take.sheets.until(max(1, len(take.borders))).as_told,
        controls=request.controls,
        moves=tuple(Move(frame, controls) for frame, controls in take.history.changes),
        parent=parent,
        frames=take.written,
        sha256=sound_hash(take.audio.samples),
    )


def is_made_by(recipe: Recipe, info: dict) -> bool:
    """Whether the very model whose `info` this is made it, on a machine with the same last bits."""
    machine = Machine(info["device"], info["device_name"], info["threads"], info["arithmetic"])
    return recipe.model.sha256 == info["sha256"] and recipe.machine == machine


def parent_of(take: Take, recipe: Recipe, start: int, stop: int) -> Parent | None:
    """The parent to state for a branch whose prompt is samples `start` to `stop` of `take`: None if it holds nothing
    generated. `recipe` is that of `take`: what was generated in its own prompt still is."""
    generated = take.cut if recipe.parent is None else recipe.parent.cut
    return Parent(recipe.sha256, max(0, generated - start)) if generated < stop else None


def to_json(recipe: Recipe) -> str:
    """One line of ASCII."""
    return json.dumps(dataclasses.asdict(recipe), allow_nan=False, separators=(",", ":"))


def from_json(text: str) -> Recipe:
    """Raises CalmError that says what is wrong: damaged, an entry unknown or missing, or from a newer version."""
    try:
        data = json.loads(text)
        version = data.get("version") if isinstance(data, dict) else None
        if type(version) is int and version > VERSION:
            raise CalmError(
                f"The recipe was written by a newer CALM Studio (recipe version {version}, not {VERSION})",
                "Update CALM Studio to use it; the sound itself can be used as any clip",
            )
        return record(Recipe, _upgraded(data), "recipe")
    except (ValueError, RecursionError) as error:
        said = error if isinstance(error, Misfit) else "it is no JSON"
        raise CalmError(
            f"The recipe in the file is damaged: {said}",
            "Use another copy of the file; its sound can be used as a clip",
        ) from error


def _upgraded(data: object) -> object:
    """As the present version has it. The number stays: earlier versions wrote the same otherwise (`engine.verify`)."""
    if isinstance(data, dict) and data.get("version") == 1:
        data = _from_version_1(data)
    if isinstance(data, dict) and data.get("version") in (1, 2):
        data = _from_version_2(data)
    if isinstance(data, dict) and data.get("version") in (1, 2, 3):
        data = upgraded(data)
    return data


def _from_version_1(data: dict) -> dict:
    """Takes were written alone and had no forks, and their chords were followed like the rest of the sheet."""
    return {**_with_controls(data, _with_harmony), "place": dataclasses.asdict(ALONE), "forks": []}


def _from_version_2(data: dict) -> dict:
    """Takes were told one sheet throughout, and their text was kept but not followed."""
    rest = _with_controls({name: value for name, value in data.items() if name != "sheet"}, _without_text)
    return {**rest, "sheets": [{"frame": 0, "sheet": data["sheet"]}]} if "sheet" in data else rest


def _with_controls(data: dict, changed: Callable[[object], object]) -> dict:
    """The recipe with its controls, and those of its moves, ``changed``."""
    moves = data.get("moves")
    if isinstance(moves, list):
        moves = [
            {**move, "controls": changed(move.get("controls"))} if isinstance(move, dict) else move for move in moves
        ]
    return {**data, "controls": changed(data.get("controls")), "moves": moves}


def _with_harmony(controls: object) -> object:
    return {**controls, "harmony": controls.get("follow")} if isinstance(controls, dict) else controls


def _without_text(controls: object) -> object:
    return {**controls, "text_strength": 0.0} if isinstance(controls, dict) else controls


def sound_hash(samples: np.ndarray) -> str:
    """sha256 of float32 (2, N) samples, left channel first, little-endian; -0.0 counts as 0.0, as files store it."""
    return hashlib.sha256(np.ascontiguousarray(samples + np.float32(0), dtype="<f4")).hexdigest()


def anchor(take: Take) -> tuple[int, ...]:
    """The take's left channel from ANCHOR_BEFORE samples before the cut to ANCHOR_AFTER after it, as far as written."""
    around = take.samples[0, take.cut - ANCHOR_BEFORE : min(take.cut + ANCHOR_AFTER, take.written)]
    return tuple(int(step) for step in np.clip(np.rint(around.astype(np.float64) * GRID), -LOUDEST, LOUDEST))


def find_anchor(samples: np.ndarray, anchor: tuple[int, ...]) -> int | None:
    """Where the cut lies in samples (2, N); None if the anchor is not there, or (in silence) more than once."""
    steps = np.rint(samples[0] * GRID)
    if not ANCHOR_BEFORE < len(anchor) <= len(steps):
        return None
    at = np.flatnonzero(steps[: len(steps) - len(anchor) + 1] == anchor[0])
    for offset, step in enumerate(anchor):
        at = at[steps[at + offset] == step]
    return int(at[0]) + ANCHOR_BEFORE if len(at) == 1 else None
