"""Takes that are made again in a session: requests that carry the recipe of what they repeat."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from engine.recipe import Recipe
from engine.request import Place, Prompt, Request
from engine.rows import Row


@dataclass(frozen=True, eq=False)
class Again(Request):
    """The continuation of `recipe` once more, as long as it was: by its seeds, text and sheets, and its moves in place
    of the live controls. It is written alone, whatever it was written together with."""

    recipe: Recipe = field(kw_only=True)

    @classmethod
    def of(cls, recipe: Recipe, prompt: Prompt) -> Again:
        """Raises CalmError as `Request` does; `recipe` has moves."""
        seconds = (recipe.frames - recipe.prompt.frames) / recipe.prompt.rate
        forks = tuple(replace(fork, place=Place()) for fork in recipe.forks)
        alone = replace(recipe, forks=forks, place=Place())
        made = (prompt, seconds, recipe.drawn_with, recipe.controls, recipe.text, recipe.first_sheet)
        return cls(*made, recipe=alone)


def generate_rows(model, rows: Sequence[Row], stop: threading.Event) -> Iterator:
    """What a session writes with: `engine.generate.generate_rows`, or `engine.replay.rewrite` for what is made again.

    Both are imported only here, in the session's thread: they bring torch with them. CalmError for what another model
    has written.
    """
    from engine import generate, replay

    take = rows[0].take
    if isinstance(take.request, Again):
        replay.check_model(model, take.request.recipe)
        take.forks, take.sheets = take.request.recipe.forks, take.request.recipe.sheet_history
        lap = generate.stopwatch(model.device)
        for frame in replay.rewrite(model, take, take.request.recipe.history, stop):
            yield (replace(frame, head=lap()),)  # nobody measured its parts
            lap()
    else:
        yield from generate.generate_rows(model, rows, stop)
