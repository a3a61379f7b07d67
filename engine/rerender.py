"""A performance made again: the same prompt and seeds, but each frame drawn with more care, or with other moves."""

from __future__ import annotations

from dataclasses import replace

from engine.controls import Controls, Sampler
from engine.recipe import Move, Recipe
from engine.sheets import SheetHistory, Told

TRIGFLOW_FROM = 25  # steps: with fewer the consistency sampler is the better one (CALM, section 4.3)


def performed(recipe: Recipe, moves: tuple[tuple[int, Controls], ...]) -> Recipe:
    """The recipe with other moves: (frame, controls from there on). Raises Misfit, a ValueError, unless they are by
    rising frame from 0 on. `frames` and `sha256` still say what was written then."""
    return replace(recipe, controls=moves[0][1], moves=tuple(Move(*move) for move in moves))


def retold(recipe: Recipe, told: Told) -> Recipe:
    """The recipe of a take that is told something else. Raises Misfit as above, and what was written is as above."""
    return replace(recipe, sheets=SheetHistory(told).as_told)


def redrawn(recipe: Recipe, steps: int, sampler: Sampler | None = None) -> Recipe:
    """The recipe with so many ``steps`` in every frame, and ``sampler``, or the one that is better with them.

    Raises CalmError for steps that cannot be used. `frames` and `sha256` still say what was written then.
    """
    chosen: Sampler = sampler or ("trigflow" if steps >= TRIGFLOW_FROM else "consistency")

    def changed(controls: Controls) -> Controls:
        return replace(controls, sampler=chosen, steps=steps)

    moves = tuple(Move(move.frame, changed(move.controls)) for move in recipe.moves)
    return replace(recipe, controls=changed(recipe.controls), moves=moves)
