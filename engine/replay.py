"""Makes a take again from its recipe: the same loop, with the recorded moves in place of the live controls."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import torch

from engine.best_start import candidate_seeds
from engine.controls import ControlBox, ControlHistory, Controls
from engine.errors import CalmError
from engine.generate import generate
from engine.model.calm import Model
from engine.recipe import Machine, Recipe
from engine.request import Prompt
from engine.restore import request_of
from engine.steps import named_in, use
from engine.take import Take

Progress = Callable[[int, int], None]


class Replay(ControlBox):
    """Answers with the controls of a recorded history; nothing governs the steps."""

    def __init__(self, history: ControlHistory):
        super().__init__(history.at(0))
        self._history = history

    def wanted(self, frame: int) -> Controls:
        return self._history.at(frame)


def render(model: Model, recipe: Recipe, prompt: Prompt, progress: Progress, stop: threading.Event) -> Take:
    """The take of `recipe` on `prompt`, written as far as it was then, unless `stop` is set.

    The recipe's number of threads and steps are used, and set back afterwards: nothing else may generate meanwhile.
    `progress` hears (samples written, samples to write), the prompt's left out. CalmError if the model is another one,
    or the recipe contradicts itself.
    """
    check_model(model, recipe)
    if recipe.drawn_with not in candidate_seeds(request_of(recipe, prompt)):
        raise CalmError("The recipe's seeds contradict each other", "Use the file as it was exported")
    found = replace(recipe, seed=recipe.drawn_with, tries=1)  # the best beginning need not be looked for again
    take = Take(request_of(found, prompt), 1)
    take.forks = recipe.forks
    wanted = recipe.frames - recipe.prompt.frames
    if not recipe.moves:
        return take
    with as_then(model, recipe.machine):
        for _ in generate(model, take, Replay(recipe.history), stop):
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
