"""A fork is its parent until it leaves it, bit for bit, and with the parent's seed and controls for ever."""

import threading
import weakref
from dataclasses import replace

import numpy as np
import pytest

from engine.config import PRESETS, TINY
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.forking import retrace
from engine.generate import generate
from engine.music.leadsheet import LeadSheet, SheetSection
from engine.project.journal import Journal
from engine.project.take_file import read_take, read_take_file
from engine.recipe import recipe_of
from engine.replay import render
from engine.request import Prompt, Request, SeedFrom
from engine.take import Take
from engine.trail import SNAPSHOT_FRAMES, Trail, can_fork
from engine.weights import random_model
from tests.engine.takes import clip

HOT, COLD = Controls(temperature=1.6, steps=2), Controls(temperature=0.2)
MOVES = {7: HOT, 60: COLD, 75: Controls()}
FRAMES = 130
RATES = {"tiny": 48_000, "wide": 44_100}
NUMBERS = iter(range(1, 10_000))


@pytest.fixture(scope="module", params=["tiny", "wide"])
def model(request):
    """With a window of 24 frames, in which no two snapshots meet, and of 120."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRESETS, "wide", replace(TINY, name="wide", backbone=replace(TINY.backbone, window=120)))
        return random_model(request.param)


def written(model, request, trail, moves, frames=None):
    """The take of a request, with the controls set anew before the frames in `moves`."""
    take = Take(request, next(NUMBERS))
    take.trail = trail
    box = ControlBox(request.controls)
    for frame in generate(model, take, box, threading.Event()):
        box.set(moves.get(frame.index + 1, frame.controls))
        if len(take.borders) == frames:
            break
    take.state = "finished" if take.full else "stopped"
    return take


def a_request(rate=48_000, seconds=FRAMES / 25, seed=7):
    audio = clip(rate)
    return Request(Prompt(audio, "clip", 0, audio.samples.shape[1]), seconds, seed, Controls())


@pytest.fixture(scope="module")
def parent(model):
    """Live moves, frames past the wrap of the window, and snapshots at 0, 50 and 100."""
    return written(model, a_request(RATES[model.config.name]), Trail(), MOVES)


def off(parent, frame, seed=7, controls=None, seconds=None):
    left = (parent.samples.shape[1] - [*parent.borders, parent.written][frame]) / parent.rate
    controls = controls or (parent.history.at(frame) if frame < len(parent.borders) else Controls())
    return Request.forked(parent, frame, seconds or left, seed, controls)


@pytest.mark.parametrize("frame", [0, 1, SNAPSHOT_FRAMES, 77, 129])
def test_with_the_same_seed_and_controls_it_is_the_parent(model, parent, frame):
    assert can_fork(parent, frame)
    child = written(model, off(parent, frame), parent.trail, MOVES)
    assert np.array_equal(child.samples, parent.samples)
    assert child.history.changes == parent.history.changes and child.borders == parent.borders


def test_it_holds_what_was_before_from_the_start(parent):
    child = Take(off(parent, 77, seed=8), 99)
    assert child.written == parent.borders[77] > parent.cut == child.cut
    assert np.array_equal(child.audio.samples, parent.samples[:, : child.written])
    assert child.peaks.length == child.written
    assert child.history.changes == tuple(c for c in parent.history.changes if c[0] < 77)
    assert (child.seed, child.forks) == (7, (SeedFrom(77, 8),))


def test_with_another_seed_it_leaves_the_parent_just_there(model, parent):
    child = written(model, off(parent, 77, seed=8, seconds=2.0), parent.trail, {})
    border = parent.borders[77]
    stop = min(child.written, parent.written)
    differs = np.flatnonzero((child.samples[:, :stop] != parent.samples[:, :stop]).any(axis=0))
    assert border <= differs[0] < border + 200
    assert child.written == border + 2 * child.rate


def test_a_fork_of_a_fork(model, parent):
    child = written(model, off(parent, 77, seed=8, controls=HOT), parent.trail, {90: COLD})
    for frame in (40, 80, 120):  # in the grandparent's part; before the child's own first snapshot; after it
        again = off(child, frame, seed=child.seed_at(frame))
        grandchild = written(model, again, child.trail, {**MOVES, 77: HOT, 90: COLD})
        if frame < 77:
            stop = parent.borders[60]
            assert np.array_equal(grandchild.samples[:, :stop], parent.samples[:, :stop])
        else:
            assert np.array_equal(grandchild.samples, child.samples)


def test_sections_are_gone_over_too(model):
    """The hold gives room where they are, and so must it on the way to a fork."""
    sections = (SheetSection(1.5, 2.5, "break", 0.2), SheetSection(2.5, 9.0, "B", 1.0))
    request = replace(a_request(RATES[model.config.name], 3.0), sheet=LeadSheet(sections=sections))
    whole = written(model, request, Trail(), {})
    plain = replace(request, sheet=LeadSheet(sections=tuple(replace(each, energy=0.6) for each in sections)))
    assert not np.array_equal(written(model, plain, Trail(), {}).samples, whole.samples)
    for frame in (30, 49, 70):
        child = written(model, off(whole, frame), whole.trail, {})
        assert np.array_equal(child.samples, whole.samples)


def test_its_recipe_makes_it_again_from_the_clip_alone(model, parent):
    child = written(model, off(parent, 77, seed=8, controls=HOT, seconds=1.0), parent.trail, {90: COLD})
    grandchild = written(model, off(child, 85, seed=9, seconds=0.5), parent.trail, {88: HOT})
    recipe = recipe_of(grandchild, model.info)
    assert (recipe.seed, recipe.drawn_with, recipe.forks) == (7, 7, (SeedFrom(77, 8), SeedFrom(85, 9)))
    assert recipe.prompt.frames == parent.cut and recipe.parent is None
    again = render(model, recipe, parent.request.prompt, lambda done, total: None, threading.Event())
    assert np.array_equal(again.audio.samples, grandchild.audio.samples)


def test_on_the_way_there_no_head_is_asked(model, parent, monkeypatch):
    """So that a fork of a take of 100 steps comes as soon as one of a single step."""
    asked, field = [], model.steps.field
    monkeypatch.setattr(model.steps, "field", lambda sampler, z: asked.append(1) or field(sampler, z))
    written(model, off(parent, 99, seconds=0.1), parent.trail, {}, frames=100)
    assert len(asked) == 1


def test_the_latents_are_those_of_the_frames(model, parent):
    assert len(parent.drawn) == len(parent.borders)
    assert {each.shape for each in parent.drawn} == {(1, model.config.vae.latent_dim)}
    child = Take(off(parent, 77), next(NUMBERS))
    assert all(a is b for a, b in zip(child.drawn, parent.drawn[:77], strict=True))
    child.rewind(70)
    assert len(child.drawn) == 70 and len(parent.drawn) == len(parent.borders)


def test_a_stopped_parent_can_be_gone_on_with(model):
    """At its very end: nothing of it is given up."""
    whole = written(model, a_request(), Trail(), MOVES)
    stopped = written(model, a_request(), Trail(), MOVES, frames=63)
    assert stopped.written < whole.written
    child = written(model, off(stopped, 63, controls=whole.history.at(63)), stopped.trail, MOVES)
    assert np.array_equal(child.samples, whole.samples)


def test_a_parent_that_was_gone_back_in_after_a_snapshot(model):
    """The snapshot of what was given up is given up with it."""
    take = Take(a_request(), next(NUMBERS))
    take.trail = Trail()
    frames = generate(model, take, ControlBox(Controls()), threading.Event())
    for frame in frames:
        if frame.index == 52:
            break
    assert take.trail.before(take, 52).moment.frame == 50
    take.rewind(48)
    assert take.trail.before(take, 52).moment.frame == 0


def test_when_the_trail_is_gone_it_cannot_be(model, parent):
    assert not can_fork(parent, FRAMES * 2) and not can_fork(parent, -1)
    trailless = written(model, a_request(seconds=0.2), None, {})
    assert not can_fork(trailless, 2)
    with pytest.raises(CalmError, match="cannot be forked"):
        Take(off(trailless, 2), 5)


def test_the_oldest_is_let_go_first_and_what_is_left_still_serves(model, parent):
    most = sum(parent.trail.before(parent, frame).bytes for frame in (0, 50, 100)) - 1
    take = written(model, a_request(parent.rate), Trail(most), MOVES)
    assert take.trail.bytes <= most
    assert not can_fork(take, 10) and can_fork(take, 129)
    child = written(model, off(take, 129), take.trail, {})
    assert np.array_equal(child.samples, take.samples)


def test_of_a_take_that_nobody_holds_nothing_is_kept_but_for_those_that_fork_it(model):
    trail = Trail()
    parent = written(model, a_request(seconds=3.0), trail, {})
    child, there = written(model, off(parent, 60, seed=8), trail, {}), weakref.ref(parent)
    del parent
    written(model, a_request(seconds=0.2), trail, {})
    assert can_fork(child, 10) and there() is child.request.fork.parent
    del child
    last = written(model, a_request(seconds=0.2), trail, {})
    assert there() is None
    assert trail.bytes == trail.before(last, 0).bytes


def test_snapshots_share_what_they_have_in_common(model, parent):
    first, second = (parent.trail.before(parent, frame) for frame in (50, 100))
    if model.config.name == "wide":
        assert all(a is b for a, b in zip(first.backbone, second.backbone, strict=False))
        assert second.backbone[-1].rings.shape[4] == SNAPSHOT_FRAMES
    sees = sum(stretch.rings.shape[4] for stretch in second.backbone)
    assert model.config.backbone.window <= sees < model.config.backbone.window + SNAPSHOT_FRAMES


def test_the_length_is_that_of_what_is_new(parent):
    request = Request.forked(parent, 50, 3.0, 11, HOT)
    kept = parent.borders[50] - parent.cut
    assert request.seconds == pytest.approx(3.0 + kept / parent.rate)
    assert (request.seed, request.controls, request.origin) == (11, HOT, parent.request)
    with pytest.raises(CalmError, match="seconds cannot be made"):
        Request.forked(parent, 50, 599.0, 11, HOT)


@pytest.fixture
def reopened(parent, model, tmp_path):
    """The parent, as it comes out of a project, with a trail of another session."""
    journal = Journal(tmp_path, on_error=lambda error: pytest.fail(str(error)))
    name = journal.follow(parent, model.info)
    assert journal.catch_up()
    journal.close()
    file = read_take_file(tmp_path / "takes" / name / "take.json")
    take, lost = read_take(tmp_path / "takes" / name, file, parent.request.prompt, next(NUMBERS))
    assert lost == 0
    take.trail = Trail()
    return take


def test_a_take_out_of_a_project_can_be_forked_once_it_was_gone_over(model, parent, reopened):
    assert not can_fork(reopened, 77)
    retrace(model, reopened, threading.Event())
    assert all(can_fork(reopened, frame) for frame in (0, 77, FRAMES))
    now, then = (written(model, off(take, 77, seed=8), take.trail, {}) for take in (reopened, parent))
    assert np.array_equal(now.samples, then.samples)


def test_going_over_a_take_goes_on_where_it_was_broken_off(model, reopened):
    stop, asked = threading.Event(), iter(range(1000))
    stop.is_set = lambda: next(asked) > 60
    retrace(model, reopened, stop)
    assert can_fork(reopened, 50) and reopened.trail.before(reopened, FRAMES).moment.frame == 50
    retrace(model, reopened, threading.Event())
    assert reopened.trail.before(reopened, FRAMES).moment.frame == 100


def test_of_a_damaged_take_what_lies_before_can_be_forked(model, reopened):
    reopened.drawn[60] = None
    retrace(model, reopened, threading.Event())
    assert reopened.trail.before(reopened, FRAMES).moment.frame == 50
