"""A session that makes a take again from its recipe."""

import time
from dataclasses import replace

import numpy as np
import pytest

from engine.again import Again, generate_rows
from engine.controls import Controls
from engine.events import TakeEnded, TakeFailed, TakeGrew, TakeStarted
from engine.recipe import Move, recipe_of, sound_hash
from engine.request import Place, Prompt, Request, SeedFrom
from engine.rerender import redrawn
from engine.session import Session
from engine.weights import random_model
from tests.engine.takes import clip

PATIENCE = 20.0
LATER = Controls(temperature=1.1)


@pytest.fixture
def session():
    session = Session(lambda progress: random_model("tiny"), generate_rows)
    yield session
    session.close()


@pytest.fixture
def prompt():
    audio = clip(48_000)
    return Prompt(audio, "clip", 0, audio.samples.shape[1])


def done(session, requests) -> list:
    """All events until the last of the takes has ended."""
    jobs, events, end = set(session.submit_variations(requests)), [], time.monotonic() + PATIENCE
    while jobs:
        assert time.monotonic() < end
        new = session.poll()
        jobs -= {event.job for event in new if isinstance(event, TakeEnded | TakeFailed)}
        events += new
        time.sleep(0.005)
    return events


def takes(events) -> list:
    return [event.take for event in events if isinstance(event, TakeStarted)]


def test_the_same_recipe_gives_the_same_take(session, prompt):
    (take,) = takes(done(session, [Request(prompt, 1.0, 7, Controls())]))
    (again,) = takes(done(session, [Again.of(recipe_of(take, session.info), prompt)]))
    assert (again.state, again.id) == ("finished", take.id + 1)
    assert sound_hash(again.samples) == sound_hash(take.samples)
    assert again.history.changes == take.history.changes


def test_moves_are_played_again_whatever_the_live_controls_are(session, prompt):
    (take,) = takes(done(session, [Request(prompt, 1.0, 7, Controls())]))
    recipe = replace(recipe_of(take, session.info), moves=(Move(0, Controls()), Move(9, LATER)))
    session.box.set(Controls(temperature=0.1))
    (again,) = takes(done(session, [Again.of(recipe, prompt)]))
    assert again.history.changes == ((0, Controls()), (9, LATER))
    assert np.array_equal(again.samples[:, : again.borders[9]], take.samples[:, : again.borders[9]])
    assert not np.array_equal(again.samples, take.samples)


def test_more_steps_are_another_take_of_the_same_length_with_its_speed_told(session, prompt):
    (take,) = takes(done(session, [Request(prompt, 1.0, 7, Controls())]))
    events = done(session, [Again.of(redrawn(recipe_of(take, session.info), 30), prompt)])
    (again,) = takes(events)
    assert again.written == take.written
    grown = [event for event in events if isinstance(event, TakeGrew)]
    assert {(event.controls.sampler, event.controls.steps) for event in grown} == {("trigflow", 30)}
    assert all(event.x_real_time > 0 and not event.lowered for event in grown)


def test_a_variation_is_made_again_alone_with_its_seeds(session, prompt):
    first = done(session, [Request(prompt, 1.0, seed, Controls()) for seed in (7, 8, 9)])
    recipe = recipe_of(takes(first)[1], session.info)
    assert recipe.place == Place(1, 3)
    recipe = replace(recipe, forks=(SeedFrom(5, 99, Place(1, 3)),))
    request = Again.of(recipe, prompt)
    assert request.recipe.place == Place()
    (again,) = takes(done(session, [request]))
    assert (again.seed, again.place, again.forks) == (8, Place(), (SeedFrom(5, 99),))


def test_what_another_model_has_written_is_refused(session, prompt):
    (take,) = takes(done(session, [Request(prompt, 1.0, 7, Controls())]))
    recipe = recipe_of(take, session.info)
    foreign = replace(recipe, model=replace(recipe.model, sha256="f" * 64, name="other"))
    (failed,) = [event for event in done(session, [Again.of(foreign, prompt)]) if isinstance(event, TakeFailed)]
    assert "made by the model other" in failed.message
    assert takes(done(session, [Request(prompt, 0.2, 7, Controls())]))[0].full, "and the session goes on"
