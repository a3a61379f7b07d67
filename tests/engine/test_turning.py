"""What a take is told can be changed while it is written, from the next bar line on; it is made again all the same."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from engine.controls import ControlBox, Controls
from engine.generate import generate, generate_rows
from engine.music.follow import NO_CHORDS, Wishes, follow
from engine.music.onward import SheetWish
from engine.recipe import recipe_of
from engine.replay import render
from engine.request import ALONE, Place, Prompt, Request
from engine.restore import restore
from engine.rows import Row
from engine.take import Take
from engine.trail import Trail
from engine.turning import turn_of
from engine.verify import verify
from engine.weights import random_model
from tests.engine.music.test_follow import heard
from tests.engine.takes import clip, resaved, saved
from tests.engine.test_steering import Listener, frames_until

PLAIN, HOT = Controls(steps=1), Controls(steps=1, temperature=1.7)
SONG = heard("C", tempo=240.0)  # a bar is a second, 25 frames
CHART = SheetWish(SONG, Wishes(chords="Dm7 | G7"))
FREE = SheetWish(SONG, Wishes(chords=NO_CHORDS))
NUMBERS = iter(range(1, 1000))


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(autouse=True)
def an_even_pace(monkeypatch):
    monkeypatch.setattr("engine.generate.stopwatch", lambda device: lambda: 0.003)


def a_request(seconds=2.6, seed=7):
    audio = clip()
    sheet = follow(SONG, 1.0, seconds)
    return Request(Prompt(audio, "clip", 0, audio.samples.shape[1]), seconds, seed, PLAIN, sheet=sheet)


def a_take(request, trail=None, place=ALONE):
    take = Take(request, next(NUMBERS), place)
    take.trail = trail
    return take


def written(model, take, wishes=None):
    """The take, told something else before the frames in ``wishes`` are written; nobody listens."""
    box, wishes = ControlBox(take.request.controls), wishes or {}
    for frame in generate(model, take, box, threading.Event()):
        if frame.index + 1 in wishes:
            box.tell(wishes[frame.index + 1])
    return take


def turns(take):
    return [frame for frame, _ in take.sheets.changes]


def assert_made_again(model, take):
    recipe = recipe_of(take, model.info)
    made = render(model, recipe, take.request.prompt, lambda done, of: None, threading.Event())
    assert np.array_equal(made.audio.samples[:, : take.written], take.audio.samples)
    assert made.sheets.changes == take.sheets.until(len(take.borders)).changes


def test_it_is_told_from_the_first_bar_line_that_can_still_change(model):
    take = a_take(a_request())
    assert [turn_of(take, CHART, frame, 25).frame for frame in (0, 1, 24, 25, 26)] == [0, 25, 25, 25, 50]
    free = a_take(replace(a_request(), sheet=None))
    assert turn_of(free, CHART, 7, 25).frame == 7, "where there are no bars, at once"


def test_until_there_it_is_the_same_take_and_then_another(model):
    plain, take = written(model, a_take(a_request())), written(model, a_take(a_request()), {10: CHART, 40: FREE})
    assert turns(take) == [0, 25, 50]
    differs = np.flatnonzero((plain.samples != take.samples).any(axis=0))
    assert take.borders[25] <= differs[0] < take.borders[26]
    assert [chord.symbol for chord in take.sheets.at(30).chords if chord.start > 1.9] == ["G7", "Dm7"]
    assert take.sheets.latest.chords[-1].stop == 3.0, "none from there on, two seconds after the cut"
    assert_made_again(model, take)


def test_what_is_wished_already_changes_nothing(model):
    take = written(model, a_take(a_request()), {10: SheetWish(SONG, Wishes())})
    assert turns(take) == [0]


def test_what_is_written_beyond_the_bar_and_not_heard_is_written_anew(model):
    take, box = a_take(a_request()), ControlBox(PLAIN)
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    frames_until(frames, 40, listener)
    listener.hear(take.borders[20])
    box.tell(CHART)
    assert next(frames).index == 25 and turns(take) == [0, 25]
    assert take.written == take.borders[25] + 1920
    take.playhead = None
    list(frames)
    assert np.array_equal(take.samples, written(model, a_take(a_request()), {10: CHART}).samples)
    assert_made_again(model, take)


def test_a_knob_and_a_chart_that_move_together_each_take_effect_in_their_place(model):
    take, box = a_take(a_request()), ControlBox(PLAIN)
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    frames_until(frames, 40, listener)
    listener.hear(take.borders[20])
    box.tell(CHART)
    box.set(HOT)
    assert next(frames).index == 22
    assert (turns(take), [frame for frame, _ in take.history.changes]) == ([0, 25], [0, 22])
    take.playhead = None
    list(frames)
    assert_made_again(model, take)


def test_a_bar_line_that_was_heard_already_is_left_as_it_is(model):
    take, box = a_take(a_request()), ControlBox(PLAIN)
    listener, frames = Listener(take), generate(model, take, box, threading.Event())
    frames_until(frames, 45, listener)
    listener.hear(take.borders[26])
    box.tell(CHART)
    assert next(frames).index == 45 and turns(take) == [0, 50]


def test_a_fork_leaves_its_parent_with_what_it_is_told_itself(model):
    trail = Trail()
    parent = written(model, a_take(a_request(), trail), {10: CHART})
    request = Request.forked(parent, 60, 1.5, 7, PLAIN)
    assert request.sheet == parent.sheets.latest
    free = written(model, a_take(replace(request, sheet=None), trail))
    assert turns(free) == [0, 25, 60] and free.sheets.at(59) == parent.sheets.latest
    assert np.array_equal(free.samples[:, : parent.borders[60]], parent.samples[:, : parent.borders[60]])
    assert_made_again(model, free)
    later = written(model, a_take(Request.forked(free, 80, 0.5, 3, HOT), trail))
    assert turns(later) == [0, 25, 60] and later.request.sheet is None
    assert_made_again(model, later)


def test_rows_are_told_different_things(model):
    requests = [a_request(1.5, seed) for seed in (7, 8)]
    rows = [Row(a_take(one, place=Place(n, 2)), ControlBox(PLAIN)) for n, one in enumerate(requests)]
    for frames in generate_rows(model, rows, threading.Event()):
        if frames[0].index == 9:
            rows[1].box.tell(CHART)
    assert [turns(row.take) for row in rows] == [[0], [0, 25]]
    for row in rows:
        assert_made_again(model, row.take)


def test_a_turn_that_is_not_reached_is_in_no_recipe(model):
    take, box = a_take(a_request()), ControlBox(PLAIN)
    for frame in generate(model, take, box, threading.Event()):
        box.tell(CHART)
        if frame.index == 9:
            break
    assert turns(take) == [0, 25]
    assert [each.frame for each in recipe_of(take, model.info).sheets] == [0]
    assert_made_again(model, take)


def test_through_a_file(model, tmp_path):
    take = written(model, a_take(a_request(1.5)), {10: CHART})
    recipe = saved(take, model, tmp_path / "take.wav")
    restored = restore(tmp_path / "take.wav")
    assert restored.take.sheets.changes == take.sheets.changes and len(recipe.sheets) == 2
    verdict = verify(restored, model, None, lambda done, of: None, threading.Event())
    assert verdict.state == "equal" and verdict.repeated


def test_the_bars_stay_at_the_cut_when_another_program_trims_the_start(model, tmp_path):
    take = written(model, a_take(a_request(1.0)))
    saved(take, model, tmp_path / "take.wav")
    restored = restore(resaved(tmp_path / "take.wav", tmp_path / "trimmed.wav", lambda samples: samples[12_000:]))
    (old,), (new,) = take.sheets.latest.grids, restored.take.sheets.latest.grids
    assert restored.take.cut == take.cut - 12_000
    assert new.beat(restored.take.cut / 48_000) == pytest.approx(old.beat(take.cut / 48_000))
    assert restored.take.request.sheet == restored.take.sheets.latest
