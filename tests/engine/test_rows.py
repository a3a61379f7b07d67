"""Takes that are written together: each is a take of its own, and is made again from its own recipe, bit for bit."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from engine.config import PRESETS, TINY
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate, generate_rows
from engine.music.leadsheet import Grid, LeadSheet
from engine.recipe import recipe_of
from engine.replay import render
from engine.request import Place, Prompt, Request
from engine.restore import restore
from engine.rows import Row, check_together, heard, wanted_by
from engine.steps import use
from engine.take import Take
from engine.trail import Trail, can_fork
from engine.verify import verify
from engine.weights import random_model
from tests.engine.model.test_waveform_vae import SMALL
from tests.engine.takes import clip, saved
from tests.engine.test_steering import Listener

HOT, COLD, MANY = Controls(temperature=1.6), Controls(temperature=0.2, steps=2), Controls("trigflow", 5, 0.5)
NUMBERS = iter(range(1, 10_000))


@pytest.fixture(scope="module", params=["torch", "onnxruntime int8"])
def model(request):
    model = random_model("tiny")
    use(model, request.param)
    return model


def requests(count, seconds=0.6, **more):
    audio = clip()
    prompt = Prompt(audio, "clip", 0, audio.samples.shape[1])
    return [Request(prompt, seconds, 7 + number, Controls(), **more) for number in range(count)]


def rows_of(requests, trail=None):
    rows = []
    for index, request in enumerate(requests):
        take = Take(request, next(NUMBERS), Place(index, len(requests)))
        take.trail = trail
        rows.append(Row(take, ControlBox(request.controls)))
    return rows


def written(model, rows, moves=None, stops=None):
    """The takes, with each row's controls set anew before the frames in `moves`, and it stopped before one of `stops`:
    {row: {frame: controls}} and {row: frame}."""
    moves, stops = moves or {}, stops or {}
    for frames in generate_rows(model, rows, threading.Event()):
        following = frames[0].index + 1
        for number, row in enumerate(rows):
            row.box.set(moves.get(number, {}).get(following, row.box.get()))
            if stops.get(number) == following:
                row.stop.set()
    return [row.take for row in rows]


def again(model, take):
    recipe = recipe_of(take, model.info)
    return render(model, recipe, take.request.prompt, lambda done, of: None, threading.Event())


def assert_made_again(model, take):
    made = again(model, take)
    assert np.array_equal(made.audio.samples[:, : take.written], take.audio.samples)
    assert made.place == take.place and take.written > take.cut


def alone(model, request):
    take = Take(request, next(NUMBERS))
    for _ in generate(model, take, ControlBox(request.controls), threading.Event()):
        pass
    return take


@pytest.mark.parametrize("count", [2, 3, 4])
def test_each_is_a_take_of_its_own_and_made_again(model, count):
    takes = written(model, rows_of(requests(count)))
    for number, take in enumerate(takes):
        assert take.full and take.place == Place(number, count)
        assert np.allclose(take.samples, alone(model, take.request).samples, atol=1e-3), "as it would be alone"
        assert_made_again(model, take)
    assert not np.allclose(takes[0].samples, takes[1].samples, atol=1e-2)


def test_one_alone_is_a_batch_of_one(model):
    [take] = written(model, rows_of(requests(1)))
    assert take.place == Place()
    assert np.array_equal(take.samples, alone(model, take.request).samples)


@pytest.mark.parametrize("count", [2, 4])
def test_moves_of_one_are_its_own(model, count):
    """Another temperature, other steps, another sampler: none changes a bit of the other rows."""
    moves = {3: HOT, 5: COLD, 8: MANY, 11: Controls()}
    plain = written(model, rows_of(requests(count)))
    moved = written(model, rows_of(requests(count)), {1: moves})
    assert moved[1].history.changes == ((0, Controls()), *moves.items())
    for number, (take, before) in enumerate(zip(moved, plain, strict=True)):
        assert np.array_equal(take.samples, before.samples) == (number != 1)
        assert_made_again(model, take)


def test_each_with_controls_of_its_own_from_the_start(model):
    asked = [replace(one, controls=each) for one, each in zip(requests(4), (HOT, COLD, MANY, HOT), strict=True)]
    takes = written(model, rows_of(asked))
    for take, request in zip(takes, asked, strict=True):
        assert take.history.changes == ((0, request.controls),)
        assert np.allclose(take.samples, alone(model, request).samples, atol=1e-3)
        assert_made_again(model, take)


@pytest.mark.parametrize("stopped", [0, 2])
def test_one_that_is_stopped_keeps_what_it_has_and_the_others_do_not_notice(model, stopped):
    whole = written(model, rows_of(requests(3)), {1: {9: HOT}})
    takes = written(model, rows_of(requests(3)), {1: {9: HOT}}, stops={stopped: 6})
    for number, take in enumerate(takes):
        assert len(take.borders) == (6 if number == stopped else len(whole[number].borders))
        assert np.array_equal(take.audio.samples, whole[number].samples[:, : take.written])
        assert_made_again(model, take)


def test_when_all_are_stopped_it_ends():
    model, rows, stop = random_model("tiny"), rows_of(requests(2, seconds=3.0)), threading.Event()
    for count, _ in enumerate(generate_rows(model, rows, stop), 1):
        if count == 4:
            for row in rows:
                row.stop.set()
            stop.set()
    assert count == 4 and [len(row.take.borders) for row in rows] == [4, 4]


def test_a_sheet_is_followed_by_each_as_firmly_as_it_wants(model):
    sheet = LeadSheet((Grid(123.4, 0.25, 3),), 5, "dorian")
    firm, loose = Controls(follow=4.0), Controls(follow=0.0, harmony=0.0)
    asked = [replace(one, controls=each) for one, each in zip(requests(2, sheet=sheet), (firm, loose), strict=True)]
    takes = written(model, rows_of(asked))
    free = [replace(one, sheet=None) for one in asked]
    untold = written(model, rows_of(free))
    assert not np.allclose(takes[0].samples, untold[0].samples, atol=1e-3)
    assert np.array_equal(takes[1].samples, untold[1].samples)
    assert_made_again(model, takes[0])


def test_each_has_a_best_beginning_of_its_own(model):
    asked = requests(2, seconds=0.3, tries=3)
    takes = written(model, rows_of(asked))
    assert [take.seed for take in takes] == [alone(model, request).seed for request in asked]
    assert_made_again(model, takes[1])


def test_through_a_file(model, tmp_path):
    take = written(model, rows_of(requests(4)), {2: {4: HOT}}, stops={0: 3})[2]
    recipe = saved(take, model, tmp_path / "take.wav")
    restored = restore(tmp_path / "take.wav")
    assert recipe.place == restored.take.place == Place(2, 4)
    verdict = verify(restored, model, None, lambda done, of: None, threading.Event())
    assert verdict.state == "equal" and verdict.repeated


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (4, 2)])
def test_forks_go_from_batch_to_batch(model, before, after):
    """Of the last row's 63 frames, past a snapshot; the forks leave together and are takes of the clip."""
    trail = Trail()
    parent = written(model, rows_of(requests(before, seconds=2.5), trail), {before - 1: {20: HOT, 55: COLD}})[-1]
    assert can_fork(parent, 57)
    asked = [Request.forked(parent, 57, 0.4, 20 + number, HOT) for number in range(after)]
    children = written(model, rows_of(asked, trail), {0: {60: MANY}})
    for number, child in enumerate(children):
        assert child.place == parent.place and child.place_at(56) == parent.place
        assert child.place_at(57) == Place(number, after)
        assert np.array_equal(child.samples[:, : parent.borders[57]], parent.samples[:, : parent.borders[57]])
        assert_made_again(model, child)
    grandchild = written(model, rows_of([Request.forked(children[-1], 61, 0.3, 9, COLD)], trail))[0]
    assert_made_again(model, grandchild)


def test_with_the_same_seed_and_controls_a_fork_at_the_same_place_is_the_parent(model):
    trail = Trail()
    parents = written(model, rows_of(requests(2, seconds=2.5), trail))
    left = (parents[1].samples.shape[1] - parents[1].borders[53]) / parents[1].rate
    asked = [Request.forked(parents[1], 53, left, seed, Controls()) for seed in (3, parents[1].seed)]
    assert np.array_equal(written(model, rows_of(asked, trail))[1].samples, parents[1].samples)


def test_the_waveform_vae_speaks_for_all_rows():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "tiny_wave", replace(TINY, name="tiny_wave", vae=SMALL))
        model = random_model("tiny_wave")
    trail = Trail()
    parent = written(model, rows_of(requests(2, seconds=0.4), trail))[1]
    assert_made_again(model, parent)
    assert_made_again(model, written(model, rows_of([Request.forked(parent, 4, 0.2, 3, HOT)], trail))[0])


def frames_until(rows, frames, count, listener=None):
    for batch in frames:
        if listener is not None:
            listener.hear(max(listener.take.cut, listener.take.written - 32_000))
        if batch[0].index + 1 == count:
            return


@pytest.fixture
def an_even_pace(monkeypatch):
    monkeypatch.setattr("engine.generate.stopwatch", lambda device: lambda: 0.003)


@pytest.mark.parametrize("heard_row", [0, 1])
def test_the_one_that_is_heard_is_steered_and_the_others_come_out_the_same(model, an_even_pace, heard_row):
    asked = [replace(one, controls=Controls(steps=1)) for one in requests(2, seconds=3.0)]
    plain, rows = written(model, rows_of(asked)), rows_of(asked)
    listener = Listener(rows[heard_row].take)
    assert heard(rows) is listener.take
    frames = generate_rows(model, rows, threading.Event())
    frames_until(rows, frames, 20)
    listener.hear(listener.take.borders[8] - 3_000)
    rows[heard_row].box.set(replace(HOT, steps=1))
    assert next(frames)[0].index == 8
    assert [row.take.written for row in rows] == [rows[0].take.borders[8] + 1920] * 2
    listener.take.playhead = None
    list(frames)
    assert len(rows[heard_row].take.history.changes) == 2
    other = 1 - heard_row
    assert np.array_equal(rows[other].take.samples, plain[other].samples)
    assert not np.array_equal(rows[heard_row].take.samples, plain[heard_row].samples)
    for row in rows:
        assert_made_again(model, row.take)


def test_one_that_is_stopped_is_neither_gone_back_in_nor_a_reason_to(model, an_even_pace):
    asked = [replace(one, controls=Controls(steps=1)) for one in requests(3, seconds=3.0)]
    rows = rows_of(asked)
    listener, frames = Listener(rows[0].take), None
    frames = generate_rows(model, rows, threading.Event())
    frames_until(rows, frames, 20)
    rows[2].stop.set()
    rows[2].box.set(COLD)
    kept = rows[2].take.written
    listener.hear(listener.take.borders[8] - 3_000)
    assert next(frames)[0].index == 20 and not listener.recalls
    rows[1].box.set(replace(HOT, steps=1))
    listener.hear(listener.take.borders[8] - 3_000)
    assert next(frames)[0].index == 8
    assert (rows[2].take.written, len(rows[2].take.borders)) == (kept, 20)


def test_who_is_heard_and_what_is_wanted():
    rows = rows_of(requests(3))
    assert heard(rows) is None
    rows[1].take.playhead = 5
    rows[1].box.set(HOT)
    rows[2].box.set(COLD)
    assert heard(rows) is rows[1].take and wanted_by(rows) == (Controls(), HOT, COLD)
    rows[1].stop.set()
    assert heard(rows) is None and wanted_by(rows) == (Controls(), Controls(), COLD)


def test_only_what_goes_on_alike_from_the_same_place_is_written_together():
    one, other = requests(2)
    check_together([one, replace(other, text="blue", controls=HOT)])
    for wrong in ([], [one] * 5):
        with pytest.raises(CalmError, match="variations"):
            check_together(wrong)
    cut_elsewhere = replace(other.prompt, stop=other.prompt.stop - 1)
    sheet = LeadSheet((Grid(123.4, 0.25, 3),), 5, "dorian")
    for more in ({"seconds": 1.0}, {"prompt": cut_elsewhere}, {"sheet": sheet}, {"tries": 2}):
        with pytest.raises(CalmError, match="same place"):
            check_together([one, replace(one, **more)])
