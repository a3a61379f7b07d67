"""A performance drawn again with other steps, from a real take's recipe."""

import threading

import numpy as np
import pytest

from engine.controls import Controls
from engine.errors import CalmError
from engine.music.leadsheet import LeadSheet
from engine.recipe import recipe_of
from engine.replay import render
from engine.rerender import redrawn, retold
from engine.weights import random_model
from tests.engine.takes import made

MOVES = {3: Controls(steps=4, temperature=1.1), 6: Controls(steps=2, temperature=1.1), 9: Controls(temperature=0.5)}


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(scope="module")
def take(model):
    return made(model, moves=MOVES)


@pytest.fixture(scope="module")
def recipe(model, take):
    return recipe_of(take, model.info)


def moves(recipe) -> list[tuple]:
    return [
        (move.frame, move.controls.sampler, move.controls.steps, move.controls.temperature) for move in recipe.moves
    ]


def test_every_frame_gets_the_steps_and_all_other_moves_stay(recipe):
    assert moves(redrawn(recipe, 100)) == [
        (0, "trigflow", 100, 1.4), (3, "trigflow", 100, 1.1), (6, "trigflow", 100, 1.1), (9, "trigflow", 100, 0.5),
    ]  # fmt: skip
    assert redrawn(recipe, 100).controls == Controls("trigflow", 100)


@pytest.mark.parametrize(("steps", "sampler"), [(1, "consistency"), (24, "consistency"), (25, "trigflow")])
def test_the_sampler_is_the_better_one_for_the_steps_unless_it_is_chosen(recipe, steps, sampler):
    assert redrawn(recipe, steps).controls.sampler == sampler
    assert {move.controls.sampler for move in redrawn(recipe, steps, "trigflow").moves} == {"trigflow"}


def test_steps_that_cannot_be_used_are_refused(recipe):
    with pytest.raises(CalmError, match="0 steps cannot be used"):
        redrawn(recipe, 0)


def test_the_new_take_is_as_long_and_starts_from_the_same_prompt(model, take, recipe):
    again = render(model, redrawn(recipe, 8), take.request.prompt, lambda done, total: None, threading.Event())
    assert again.written == take.written
    assert np.array_equal(again.samples[:, : take.cut], take.samples[:, : take.cut])
    assert not np.array_equal(again.samples, take.samples)
    assert [controls.temperature for _, controls in again.history.changes] == [1.4, 1.1, 0.5]


def test_with_its_own_steps_a_take_that_kept_to_them_comes_back(model):
    take = made(model, moves={5: Controls(temperature=1.3)})
    recipe = recipe_of(take, model.info)
    again = render(model, redrawn(recipe, 4), take.request.prompt, lambda done, total: None, threading.Event())
    assert np.array_equal(again.samples, take.samples)


def test_a_recipe_that_is_retold_tells_its_take_something_else(model, take, recipe):
    told = ((0, None), (5, LeadSheet(grids=(), tonic=2, mode="minor", chords=())))
    again = render(model, retold(recipe, told), take.request.prompt, lambda done, total: None, threading.Event())
    assert again.sheets.changes == told and again.history.changes == take.history.changes
    with pytest.raises(ValueError, match="the lead sheets are not in order"):
        retold(recipe, told[::-1])
