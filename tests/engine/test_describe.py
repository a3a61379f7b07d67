"""What a take's file says of tempo, key and origin."""

import dataclasses

import pytest

from engine.describe import metadata_of
from engine.metadata import Origin
from engine.music.heard import Heard, Key
from engine.music.leadsheet import Grid, LeadSheet
from engine.recipe import Parent, recipe_of
from engine.request import SheetFrom
from engine.take import Take
from tests.engine.fakes import FakeModel, a_request
from tests.engine.takes import CREATED

HEARD = Heard(124.0, (0.0, 0.48), 3, 0, 0.9, Key(5, "minor"), 0.8, ())
SILENT = Heard(None, (), 4, 0, 0.0, None, 0.0, ())


@pytest.fixture
def take():
    return Take(a_request(), 2)


@pytest.fixture
def recipe(take):
    return recipe_of(take, FakeModel.info)


@pytest.mark.parametrize(
    ("sheet", "heard", "said"),
    [
        (None, None, (None, None, None, None)),
        (None, HEARD, (124.0, 3, 5, "minor")),
        (None, SILENT, (None, None, None, None)),
        (LeadSheet((Grid(90.0, 0.0, 4),), 2, "dorian"), HEARD, (90.0, 4, 2, "minor")),
        (LeadSheet((Grid(90.0, 0.0, 4), Grid(90.0, 8.1, 4)), 2, "lydian"), None, (90.0, 4, 2, "major")),
        (LeadSheet((Grid(90.0, 0.0, 4), Grid(95.0, 8.1, 4))), HEARD, (None, None, 5, "minor")),
        (LeadSheet(), HEARD, (124.0, 3, 5, "minor")),
    ],
)
def test_the_lead_sheet_counts_before_what_was_heard(take, recipe, sheet, heard, said):
    about = metadata_of(take, dataclasses.replace(recipe, sheets=(SheetFrom(0, sheet),)), CREATED, heard)
    assert (about.tempo, about.beats_per_bar, about.tonic, about.mode) == said


def test_a_parents_part_of_the_prompt_is_generated(take, recipe):
    branch = dataclasses.replace(recipe, parent=Parent("f" * 64, 30_000))
    about = metadata_of(take, branch, CREATED, markers=((100, "A"),))
    assert about.markers == ((30_000, "cut of the parent"), (100, "A"))
    assert about.origins == (Origin(0, 30_000, "human"), Origin(30_000, 48_000, "generated"))
    whole = metadata_of(take, dataclasses.replace(recipe, parent=Parent("f" * 64, 0)), CREATED)
    assert whole.origins == (Origin(0, 48_000, "generated"),)
    assert whole.markers == ()


def test_fractions_of_a_second_are_left_out_of_the_date(take, recipe):
    """bext holds whole seconds, and what is written must come back the same."""
    assert metadata_of(take, recipe, CREATED.replace(microsecond=5)).created == CREATED
