"""The file is the session: a take comes back out of its file, as far as other programs have left that whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.audio import Audio, read, stereo
from engine.errors import CalmError
from engine.metadata.read import read as read_metadata
from engine.metadata.values import ORIGINATOR, Metadata
from engine.recipe import Recipe, find_anchor, from_json, sound_hash
from engine.request import Prompt, Request
from engine.take import Take


@dataclass(frozen=True, eq=False)
class RestoredTake:
    """What a file still holds of a take. `kept` and `lost` are plain sentences, without closing full stops.

    `take` has the file's samples, the recipe's history and the state "finished" or "stopped"; it is None when too
    little of the prompt is left to make one. `intact` says that the prompt is the recipe's, sample for sample: only
    then can the take be rendered again. `start` is where it begins in the file.
    """

    take: Take | None
    recipe: Recipe
    metadata: Metadata
    intact: bool
    start: int
    kept: tuple[str, ...]
    lost: tuple[str, ...]


def restore(path: str | Path, number: int = 1) -> RestoredTake:
    """The take in a sound file, as take `number`. The name of the file and the order of its chunks do not matter.

    Raises CalmError if the file cannot be read, or holds no recipe, or one that is damaged or too new.
    """
    path = Path(path)
    metadata = read_metadata(path)
    if not metadata.recipe:
        raise _no_recipe(path.name, metadata)
    recipe, audio = from_json(metadata.recipe), read(path)
    start, cut, intact = _place(stereo(audio.samples), audio.rate, recipe, metadata)
    take, refused = _take(audio, start, cut, recipe, number)
    kept, lost = _report(take, audio, recipe, intact, start)
    return RestoredTake(take, recipe, metadata, intact, start, tuple(kept), (*refused, *lost))


def request_of(recipe: Recipe, prompt: Prompt) -> Request:
    """What was asked for. Raises CalmError as `Request` does."""
    return Request(
        prompt, recipe.seconds, recipe.seed, recipe.controls, recipe.text, sheet=recipe.first_sheet, tries=recipe.tries
    )


def _no_recipe(name: str, metadata: Metadata) -> CalmError:
    if metadata.software.startswith(ORIGINATOR):
        return CalmError(
            f"{name} was made by {metadata.software}, but another program has dropped its recipe",
            "Use the file as it was exported to restore the take, or use this one as a clip",
        )
    return CalmError(f"{name} holds no recipe of {ORIGINATOR}", "Use it as a clip to continue")


def _place(samples: np.ndarray, rate: int, recipe: Recipe, metadata: Metadata) -> tuple[int, int, bool]:
    """(start, cut) of the take in samples (2, N) of the file, and whether between them lies the recipe's prompt.

    The cut is where the recipe has it, else where its anchor is found, else where the file's own marker says.
    """
    length, anchored = recipe.prompt.frames, None
    if rate == recipe.prompt.rate:
        if _holds_prompt(samples, length, recipe):
            return 0, length, True
        anchored = find_anchor(samples, recipe.prompt.anchor)
        if anchored is not None and _holds_prompt(samples, anchored, recipe):
            return anchored - length, anchored, True
    likely = (anchored, metadata.cut, round(length * rate / recipe.prompt.rate))
    return 0, next((cut for cut in likely if cut is not None and cut <= samples.shape[1]), 0), False


def _holds_prompt(samples: np.ndarray, cut: int, recipe: Recipe) -> bool:
    start = cut - recipe.prompt.frames
    return 0 <= start and cut <= samples.shape[1] and sound_hash(samples[:, start:cut]) == recipe.prompt.sha256


def _take(audio: Audio, start: int, cut: int, recipe: Recipe, number: int) -> tuple[Take | None, list[str]]:
    """The take, or None and why not."""
    try:
        prompt = Prompt(audio, recipe.prompt.name, start, cut)
        recipe = _later(recipe, (cut - start) / audio.rate - recipe.prompt.frames / recipe.prompt.rate)
        request = request_of(recipe, prompt)
    except CalmError as error:
        return None, [f"The prompt: too little is left of it to go on from ({error.message})"]
    take = Take(request, number)
    take.append(stereo(audio.samples[:, cut:]))
    take.seed, take.place, take.forks = recipe.drawn_with, recipe.place, recipe.forks
    take.history, take.sheets = recipe.history, recipe.sheet_history
    take.state = "finished" if take.full else "stopped"
    return take, []


def _later(recipe: Recipe, seconds: float) -> Recipe:
    """With sheets that count from another start of the prompt: the cut stays where it is in the bar."""
    sheets = tuple(replace(each, sheet=each.sheet and each.sheet.later(seconds)) for each in recipe.sheets)
    return recipe if seconds == 0 else replace(recipe, sheets=sheets)


def _report(take: Take | None, audio: Audio, recipe: Recipe, intact: bool, start: int) -> tuple[list[str], list[str]]:
    """What to say about the file: (kept, lost)."""
    kept, lost = ["The recipe: model, seed, text, controls and their moves"], []
    if audio.rate != recipe.prompt.rate:
        lost.append(f"The sample rate: the take had {recipe.prompt.rate} Hz, the file has {audio.rate} Hz")
    if take is None:
        return kept, lost
    if intact:
        kept.append(f"The prompt, sample for sample ({recipe.prompt.frames / recipe.prompt.rate:.2f} s)")
    else:
        lost.append("The prompt as it was: with other samples before the cut the take cannot be made again")
        kept.append(f"{take.cut / take.rate:.2f} s before the cut, which can be continued")
    _report_continuation(take, recipe, kept, lost)
    if start:
        lost.append(f"The {start / audio.rate:.2f} s before the take, which were put there afterwards, are left out")
    if (after := audio.samples.shape[1] - start - take.written) > 0:
        lost.append(f"The {after / audio.rate:.2f} s after the take, which were put there afterwards, are left out")
    return kept, lost


def _report_continuation(take: Take, recipe: Recipe, kept: list[str], lost: list[str]) -> None:
    present = (take.written - take.cut) / take.rate
    missing = (recipe.frames - recipe.prompt.frames) / recipe.prompt.rate - present
    if sound_hash(take.audio.samples) == recipe.sha256:
        kept.append(f"The continuation, sample for sample ({present:.2f} s)")
        return
    kept.append(f"{present:.2f} s of the continuation, as they are in the file")
    if missing > 1 / recipe.prompt.rate:
        lost.append(f"The last {missing:.2f} s of the continuation")
    else:
        lost.append("The continuation as it was: samples were changed or converted")
