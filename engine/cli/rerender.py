"""`calm rerender`: exit status 0, or 1 if the take should have come out the same and did not."""

from __future__ import annotations

import argparse
import sys
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.audio import read
from engine.cli.eta import countdown
from engine.cli.options import DEPTHS, add_json, add_model, load_model, wav_path
from engine.cli.output import print_result, say_if_renamed, show_progress
from engine.controls import SAMPLERS
from engine.describe import metadata_of
from engine.errors import CalmError
from engine.export import ExportSettings, Piece, export
from engine.recipe import Recipe, recipe_of, sound_hash
from engine.rerender import redrawn
from engine.restore import RestoredTake, restore

if TYPE_CHECKING:
    from engine.take import Take

DOES = "Make a take again from the recipe in its file: the same, or drawn with more steps."
DIFFERENT = 1


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("file", type=Path, metavar="TAKE")
    to.add_argument("--steps", type=int, metavar="N", help="network calls a frame, such as 100 (default: as it was)")
    to.add_argument("--sampler", choices=SAMPLERS, help="with --steps (default: trigflow from 25 steps on)")
    to.add_argument("-o", "--output", type=wav_path, metavar="OUT.wav", help="never overwrites a file")
    to.add_argument("--depth", choices=DEPTHS, default="24", help="bits of a sample; 32f is float (default: 24)")
    to.add_argument("--prompt", type=Path, metavar="CLIP", help="what was continued, if TAKE is edited or lossy")
    add_model(to)
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    restored = restore(arguments.file)
    wanted = _wanted(arguments, restored.recipe)
    clip = read(arguments.prompt) if arguments.prompt else None
    arguments.output = arguments.output or wav_path(str(arguments.file.with_name(f"{arguments.file.stem}_again.wav")))
    arguments.device = arguments.device or wanted.machine.device
    model = load_model(arguments)

    from engine.replay import render
    from engine.verify import prompt_of

    take = render(model, wanted, prompt_of(restored, clip), countdown("made again"), threading.Event())
    show_progress("")
    same = wanted is restored.recipe and sound_hash(take.audio.samples) == wanted.sha256
    path = _save(arguments, take, restored, restored.recipe if same else _new_recipe(take, model, wanted))
    different = wanted is restored.recipe and not same
    if different:
        print("calm: the take did not come out the same; calm verify says why", file=sys.stderr)
    print_result(arguments, _result(path, take, same), f"{path}: {'the same' if same else 'another'} take")
    return DIFFERENT if different else 0


def _wanted(arguments: argparse.Namespace, recipe: Recipe) -> Recipe:
    if arguments.steps is not None:
        return redrawn(recipe, arguments.steps, arguments.sampler)
    if arguments.sampler:
        raise CalmError("--sampler needs a number of steps", "Add --steps, such as --steps 100")
    return recipe


def _new_recipe(take: Take, model, wanted: Recipe) -> Recipe:
    """That of `take`, whose seeds are those asked for when the recipe was first written."""
    return replace(recipe_of(take, model.info, wanted.parent), seed=wanted.seed, tries=wanted.tries)


def _save(arguments: argparse.Namespace, take: Take, restored: RestoredTake, recipe: Recipe) -> Path:
    take.id = restored.metadata.take or take.id
    created = restored.metadata.created if recipe is restored.recipe else None
    about = metadata_of(take, recipe, created or datetime.now())
    done = export(Piece(take.audio.samples, about), ExportSettings(depth=arguments.depth), arguments.output)
    return say_if_renamed(arguments, done.path)


def _result(path: Path, take: Take, same: bool) -> dict:
    controls = take.request.controls
    return {
        "file": str(path),
        "same": same,
        "seconds": round((take.written - take.cut) / take.rate, 3),
        "sampler": controls.sampler,
        "steps": controls.steps,
        "sha256": sound_hash(take.audio.samples),
    }
