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
from engine.recipe import Recipe
from engine.request import Prompt
from engine.restore import request_of
from engine.take import Take

Progress = Callable[[int, int], None]


class Replay(ControlBox):
    """Gives the controls of one frame after the other, as `engine.generate` asks for them: once per frame."""

    def __init__(self, history: ControlHistory):
        super().__init__(history.at(0))
        self._history = history
        self._frame = -1

    def get(self) -> Controls:
        self._frame += 1
        return self._history.at(self._frame)


def render(model: Model, recipe: Recipe, prompt: Prompt, progress: Progress, stop: threading.Event) -> Take:
    """The take of `recipe` on `prompt`, written as far as it was then, unless `stop` is set.

    The recipe's number of threads is used, and set back afterwards, so nothing else may generate meanwhile.
    `progress` hears (samples written, samples to write), the prompt's left out. CalmError if the model is another one,
    or the recipe contradicts itself.
    """
    check_model(model, recipe)
    if recipe.drawn_with not in candidate_seeds(request_of(recipe, prompt)):
        raise CalmError("The recipe's seeds contradict each other", "Use the file as it was exported")
    found = replace(recipe, seed=recipe.drawn_with, tries=1)  # the best beginning need not be looked for again
    take = Take(request_of(found, prompt), 1)
    wanted = recipe.frames - recipe.prompt.frames
    if not recipe.moves:
        return take
    with _threads(recipe.machine.threads):
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
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
