"""Makes a take again from its recipe: frame by frame, with the recorded moves in place of the live controls."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

import torch

from engine.best_start import candidate_seeds
from engine.controls import ControlHistory
from engine.drawing import Stopped, check
from engine.errors import CalmError
from engine.generate import append
from engine.listening import listen
from engine.model.calm import Model
from engine.moment import Frame
from engine.recipe import Machine, Recipe
from engine.repeating import repeated
from engine.request import ALONE, Prompt
from engine.restore import request_of
from engine.steps import named_in, use
from engine.take import Take

Progress = Callable[[int, int], None]


@torch.inference_mode()
def rewrite(model: Model, take: Take, history: ControlHistory, stop: threading.Event) -> Iterator[Frame]:
    """Write ``take`` by its seeds, places, sheets and a recorded ``history``, until it is full or ``stop`` is set."""
    try:
        (pen, moment), at = listen(model, take, stop), ALONE
        while not take.full:
            frame, pen, moment, at = repeated(pen, moment, at, take, history)
            check(stop)
            append(take, frame)
            yield frame
    except Stopped:
        return


def render(model: Model, recipe: Recipe, prompt: Prompt, progress: Progress, stop: threading.Event) -> Take:
    """The take of `recipe` on `prompt`, written as far as it was then, unless `stop` is set.

    The recipe's number of threads and steps are used, and set back afterwards: nothing else may generate meanwhile.
    `progress` hears (samples written, samples to write), the prompt's left out. CalmError if the model is another one,
    or the recipe contradicts itself.
    """
    check_model(model, recipe)
    request = request_of(recipe, prompt)
    if recipe.drawn_with not in candidate_seeds(request):
        raise CalmError("The recipe's seeds contradict each other", "Use the file as it was exported")
    take = Take(request, 1)
    take.seed, take.place, take.forks = recipe.drawn_with, recipe.place, recipe.forks
    take.sheets = recipe.sheet_history
    wanted = recipe.frames - recipe.prompt.frames
    if not recipe.moves:
        return take
    with as_then(model, recipe.machine):
        for _ in rewrite(model, take, recipe.history, stop):
            progress(min(take.written - take.cut, wanted), wanted)
            if take.written - take.cut >= wanted:
                break
    return take


def check_model(model: Model, recipe: Recipe) -> None:
    """Raise CalmError if `model` has other weights than the one of the recipe."""
    used, here = recipe.model, model.info
    if used.sha256 != here["sha256"]:
        raise CalmError(
            f"The take was made by the model {used.name} ({used.sha256[:12]}), "
            f"and this is {here['name']} ({here['sha256'][:12]})",
            "Install that model, or choose its folder with --weights",
        )


@contextlib.contextmanager
def as_then(model: Model, machine: Machine) -> Iterator[None]:
    """Compute with the number of threads and, where they can be had here, the steps of a recipe's machine."""
    threads, steps, arithmetic = torch.get_num_threads(), model.steps, model.info["arithmetic"]
    torch.set_num_threads(machine.threads)
    if named_in(machine.arithmetic) != steps.name:
        with contextlib.suppress(CalmError):
            use(model, named_in(machine.arithmetic))
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        model.steps, model.info["arithmetic"] = steps, arithmetic
