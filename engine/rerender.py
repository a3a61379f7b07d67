"""A performance drawn again: the same prompt, seed and moves of every control, but each frame drawn with more care."""

from __future__ import annotations

from dataclasses import replace

from engine.controls import Controls, Sampler
from engine.recipe import Move, Recipe

TRIGFLOW_FROM = 25  # steps: with fewer the consistency sampler is the better one (CALM, section 4.3)


def redrawn(recipe: Recipe, steps: int, sampler: Sampler | None = None) -> Recipe:
    """The recipe with so many ``steps`` in every frame, and ``sampler``, or the one that is better with them.

    Raises CalmError for steps that cannot be used. `frames` and `sha256` still say what was written then.
    """
    chosen: Sampler = sampler or ("trigflow" if steps >= TRIGFLOW_FROM else "consistency")

    def changed(controls: Controls) -> Controls:
        return replace(controls, sampler=chosen, steps=steps)

    moves = tuple(Move(move.frame, changed(move.controls)) for move in recipe.moves)
    return replace(recipe, controls=changed(recipe.controls), moves=moves)
