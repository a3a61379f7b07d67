"""A recipe says all that a take was made from, and is read back strictly."""

import dataclasses
import json

import numpy as np
import pytest

from engine.controls import Controls
from engine.errors import CalmError
from engine.music.leadsheet import Grid, LeadSheet, SheetChord
from engine.recipe import VERSION, Move, Parent, find_anchor, from_json, parent_of, recipe_of, sound_hash, to_json
from engine.request import Place, Prompt, SeedFrom, SheetFrom
from engine.weights import random_model
from tests.engine.takes import clip, made

SHEET = LeadSheet(
    (Grid(123.4, 0.25, 3),), 5, "dorian", (SheetChord(0, 1.5, "Fm7", 5, 0, (5, 8, 0, 3)),), (), "funk", (16,)
)
HOT = Controls("trigflow", 3, 1.7)


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(scope="module")
def take(model):
    prompt = Prompt(clip(), "rhodes", 4_800, 43_200)
    return made(model, prompt, 0.4, moves={3: HOT}, text='blue "notes" – ü', sheet=SHEET)


@pytest.fixture(scope="module")
def recipe(take, model):
    return recipe_of(take, model.info)


def test_it_holds_everything(recipe, take, model):
    assert (recipe.seconds, recipe.seed, recipe.text, recipe.first_sheet) == (0.4, 7, 'blue "notes" – ü', SHEET)
    assert recipe.moves == (Move(0, Controls()), Move(3, HOT))
    assert recipe.history.changes == take.history.changes
    assert (recipe.prompt.name, recipe.prompt.rate, recipe.prompt.start, recipe.prompt.frames) == (
        ("rhodes", 48_000, 4_800, 38_400)
    )
    assert recipe.prompt.sha256 == sound_hash(clip().samples[:, 4_800:43_200])
    assert (recipe.frames, recipe.sha256) == (take.written, sound_hash(take.audio.samples))
    assert (recipe.model.name, recipe.machine.device) == ("tiny", "cpu")
    assert recipe.machine.arithmetic.startswith("torch 2")
    assert recipe.parent is None


def test_it_survives_json_exactly(recipe):
    text = to_json(recipe)
    assert text.isascii()
    assert "\n" not in text
    assert from_json(text) == recipe


def changed(recipe, **entries) -> str:
    return json.dumps({**dataclasses.asdict(recipe), **entries})


def nested(recipe, entry: str, **entries) -> str:
    return changed(recipe, **{entry: {**dataclasses.asdict(getattr(recipe, entry)), **entries}})


def told(recipe, **entries) -> str:
    """With other entries in its first lead sheet."""
    return changed(recipe, sheets=[{"frame": 0, "sheet": {**dataclasses.asdict(recipe.first_sheet), **entries}}])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda r: "{", "no JSON"),
        (lambda r: "[" * 100_000, "no JSON"),
        (lambda r: "[]", "not a table"),
        (lambda r: "9" * 5_000, "no JSON"),
        (lambda r: changed(r, wow=1), "recipe.wow is unknown"),
        (lambda r: to_json(r).replace('"seed":7,', ""), "recipe.seed is missing"),
        (lambda r: changed(r, seed="7"), "recipe.seed is not of the right type"),
        (lambda r: changed(r, seconds=2**60), "recipe.seconds is not of the right type"),
        (lambda r: changed(r, seed=True), "recipe.seed"),
        (lambda r: changed(r, moves={}), "recipe.moves is not a list"),
        (lambda r: nested(r, "controls", sampler="magic"), "recipe.controls.sampler"),
        (lambda r: nested(r, "controls", steps=0), "0 steps"),
        (lambda r: nested(r, "machine", threads=0), "sizes make no sense"),
        (lambda r: nested(r, "machine", threads=10**9), "sizes make no sense"),
        (lambda r: nested(r, "prompt", rate=0), "sizes make no sense"),
        (lambda r: nested(r, "prompt", frames=10**12), "sizes make no sense"),
        (lambda r: nested(r, "prompt", anchor=[10**30]), "sizes make no sense"),
        (lambda r: nested(r, "prompt", anchor=["a"]), r"recipe.prompt.anchor\[0\]"),
        (lambda r: told(r, grids=[{"tempo": 1.0}]), r"recipe.sheets\[0\].sheet.grids\[0\].beats_per_bar is missing"),
        (lambda r: changed(r, sheets=[]), "lead sheets are not in order"),
        (lambda r: changed(r, sheets=[{"frame": 3, "sheet": None}]), "lead sheets are not in order"),
        (lambda r: changed(r, sheets=[{"frame": 0, "sheet": None}] * 2), "lead sheets are not in order"),
        (lambda r: changed(r, parent={"sha256": "", "cut": -1}), "sizes make no sense"),
        (lambda r: changed(r, moves=dataclasses.asdict(r)["moves"][::-1]), "not in order"),
        (lambda r: changed(r, moves=dataclasses.asdict(r)["moves"][1:]), "not in order"),
    ],
)
def test_what_is_wrong_is_named(recipe, damage, said):
    with pytest.raises(CalmError, match=said):
        from_json(damage(recipe))


def test_a_newer_version_is_said_to_be_newer(recipe):
    with pytest.raises(CalmError, match=f"newer CALM Studio .recipe version {VERSION + 1}"):
        from_json(changed(recipe, version=VERSION + 1, new_things=[]))


def test_minus_zero_is_zero_as_in_files():
    zeros = np.zeros((2, 4), np.float32)
    assert sound_hash(-zeros) == sound_hash(zeros)
    assert sound_hash(zeros + np.float32(2**-23)) != sound_hash(zeros)


def test_the_anchor_finds_the_cut_wherever_it_has_moved(recipe, take):
    samples, anchor = take.audio.samples, recipe.prompt.anchor
    assert find_anchor(samples, anchor) == take.cut
    assert find_anchor(samples[:, 30_000:], anchor) == take.cut - 30_000
    assert find_anchor(np.pad(samples, ((0, 0), (500, 0))), anchor) == take.cut + 500
    assert find_anchor(samples[:, : take.cut], anchor) is None
    assert find_anchor(samples[:, :5], anchor) is None
    assert find_anchor(samples * np.float32(0.5), anchor) is None
    assert find_anchor(np.zeros((2, 100), np.float32), (0,) * 16) is None


@pytest.mark.parametrize(
    ("start", "stop", "cut"), [(0, 40_000, 38_400), (10_000, 40_000, 28_400), (39_000, 40_000, 0), (0, 38_400, None)]
)
def test_a_branch_names_its_parent_where_it_holds_something_generated(recipe, take, start, stop, cut):
    parent = parent_of(take, recipe, start, stop)
    assert (parent and parent.cut) == cut
    assert parent is None or parent.sha256 == recipe.sha256


def test_what_was_generated_stays_so_over_generations(recipe, take):
    child = dataclasses.replace(recipe, parent=Parent("f" * 64, 30_000))
    assert parent_of(take, child, 1_000, 39_000).cut == 29_000


def as_version_2(recipe) -> str:
    """As the second version wrote it: with one lead sheet throughout, and without the strength of texts and recall."""
    data = {**dataclasses.asdict(recipe), "version": 2}
    for controls in (data["controls"], *(move["controls"] for move in data["moves"])):
        del controls["text_strength"], controls["recall"]
    return json.dumps(data | {"sheet": data.pop("sheets")[0]["sheet"]})


def without_text(controls):
    """Texts were kept then, and not followed."""
    return dataclasses.replace(controls, text_strength=0.0, recall=0.0)


def test_a_recipe_of_version_3_recalls_nothing(recipe):
    data = json.loads(to_json(recipe)) | {"version": 3}
    for controls in (data["controls"], *(move["controls"] for move in data["moves"])):
        del controls["recall"]
    read = from_json(json.dumps(data))
    assert {each.recall for each in (read.controls, *(move.controls for move in read.moves))} == {0.0}
    assert dataclasses.replace(read, version=VERSION, controls=recipe.controls, moves=recipe.moves) == recipe


@pytest.mark.parametrize("sheet", [SHEET, None])
def test_a_recipe_of_version_2_was_told_one_sheet(recipe, sheet):
    recipe = dataclasses.replace(recipe, sheets=(SheetFrom(0, sheet),))
    read = from_json(as_version_2(recipe))
    moves = tuple(dataclasses.replace(move, controls=without_text(move.controls)) for move in recipe.moves)
    assert read == dataclasses.replace(recipe, version=2, controls=without_text(recipe.controls), moves=moves)
    assert (read.first_sheet, read.last_sheet) == (sheet, sheet)


def test_several_sheets_survive_json_and_the_last_one_is_known(recipe):
    several = dataclasses.replace(recipe, sheets=(SheetFrom(0, None), SheetFrom(3, SHEET), SheetFrom(8, None)))
    assert from_json(to_json(several)) == several
    assert (several.first_sheet, several.last_sheet) == (None, SHEET)
    assert several.sheet_history.at(5) == SHEET


def as_version_1(recipe) -> str:
    """As the first version wrote it: without forks, and with one strength for all of the sheet."""
    data = json.loads(as_version_2(recipe)) | {"version": 1}
    del data["forks"]
    for controls in (data["controls"], *(move["controls"] for move in data["moves"])):
        del controls["harmony"]
    return json.dumps(data)


def test_a_recipe_of_version_1_is_read_as_one_without_forks(recipe):
    read = from_json(as_version_1(recipe))
    assert all(each.harmony == each.follow for each in (read.controls, *(move.controls for move in read.moves)))
    moves = tuple(dataclasses.replace(a, controls=b.controls) for a, b in zip(recipe.moves, read.moves, strict=True))
    assert read == dataclasses.replace(recipe, version=1, controls=read.controls, moves=moves)
    assert recipe.version == VERSION == 6 and recipe.forks == ()


@pytest.mark.parametrize("damage", [{"moves": None}, {"moves": [7]}, {"controls": 3}, {"sheet": 3}])
def test_a_damaged_recipe_of_version_1_is_said_to_be_damaged(recipe, damage):
    with pytest.raises(CalmError, match="damaged"):
        from_json(json.dumps(json.loads(as_version_1(recipe)) | damage))


def test_forks_survive_json_and_must_be_in_order(recipe):
    forked = dataclasses.replace(recipe, forks=(SeedFrom(0, 5), SeedFrom(7, 6, Place(2, 4))))
    assert from_json(to_json(forked)) == forked
    alone = {"row": 0, "rows": 1}
    for wrong in ([(7, 5), (7, 6)], [(-1, 5)], [(8, 5), (7, 6)]):
        with pytest.raises(CalmError, match="forks are not in order"):
            from_json(changed(recipe, forks=[{"frame": frame, "seed": seed, "place": alone} for frame, seed in wrong]))
    with pytest.raises(CalmError, match="sizes make no sense"):
        from_json(changed(recipe, forks=[{"frame": 3, "seed": -1, "place": alone}]))


@pytest.mark.parametrize(("row", "rows"), [(1, 1), (-1, 2), (0, 0), (0, 5), (4, 4)])
def test_a_place_that_no_batch_has_is_refused(recipe, row, rows):
    nowhere = {"row": row, "rows": rows}
    with pytest.raises(CalmError, match="sizes make no sense"):
        from_json(changed(recipe, place=nowhere))
    with pytest.raises(CalmError, match="sizes make no sense"):
        from_json(changed(recipe, forks=[{"frame": 3, "seed": 1, "place": nowhere}]))
