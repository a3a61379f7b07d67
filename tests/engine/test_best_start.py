"""Best of several beginnings: the choice is repeatable, it is the best by the seam, and it is a plain seed."""

import threading
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from engine import best_start
from engine.audio import Audio
from engine.best_start import best_seed, candidate_seeds
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate
from engine.music.leadsheet import LeadSheet
from engine.request import MAX_SEED, Prompt, Request
from engine.resampling import Ratio
from engine.seam import SeamScore
from engine.take import Take
from engine.weights import random_model
from tests.engine.grooves import grid, groove

RATE = 44_100


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def new_take(seed=7, tries=1, sheet=None, seconds=3.0):
    samples = groove(seconds, RATE)
    prompt = Prompt(Audio(samples, RATE), "groove", 0, samples.shape[1])
    return Take(Request(prompt, 0.4, seed, Controls(steps=1), sheet=sheet, tries=tries), 1)


def length(model, frames):
    """Samples at RATE of so many frames."""
    return Ratio(48_000, RATE).ready(round(frames * 1920) - model.vae.delay)


def written(model, take, box=None):
    for _ in generate(model, take, box or ControlBox(take.request.controls), threading.Event()):
        pass
    return take


def test_the_same_seed_and_tries_give_the_same_bits(model):
    first, second = (written(model, new_take(tries=3)) for _ in range(2))
    assert first.seed == second.seed and first.samples.tobytes() == second.samples.tobytes()


def test_the_winner_alone_gives_the_same_bits(model):
    best = written(model, new_take(tries=4))
    alone = written(model, new_take(seed=best.seed))
    assert alone.samples.tobytes() == best.samples.tobytes()


def test_one_try_is_the_seed_itself(model):
    assert written(model, new_take(seed=5)).seed == 5


def test_live_moves_do_not_change_the_choice(model):
    calm = written(model, new_take(tries=3))
    moved = written(model, new_take(tries=3), ControlBox(Controls(temperature=1.9)))
    assert moved.seed == calm.seed and not np.array_equal(moved.samples, calm.samples)


@pytest.mark.parametrize("winner", range(4))
def test_the_best_fit_wins(model, winner, monkeypatch):
    drafts, fits = [], iter([90.0 if number == winner else 10.0 * number for number in range(4)])
    monkeypatch.setattr(best_start, "_fit", lambda model, take, audio: drafts.append(audio) or next(fits))
    take = written(model, new_take(tries=4))
    assert take.seed == candidate_seeds(take.request)[winner]
    shapes = {draft.shape for draft in drafts}
    assert shapes == {(2, length(model, 10))} and len(drafts) == 4
    assert not np.array_equal(drafts[0], drafts[1])


@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_a_draft_is_what_will_be_written(model, monkeypatch, rate):
    drafts, samples = [], groove(3.0, rate)
    monkeypatch.setattr(best_start, "_fit", lambda model, take, audio: drafts.append(audio) or 0.0)
    prompt = Prompt(Audio(samples, rate), "groove", 0, samples.shape[1])
    take = written(model, Take(Request(prompt, 0.4, 7, Controls(steps=1), tries=2), 1))
    after = take.samples[:, take.cut : take.cut + drafts[0].shape[1]]
    assert after.shape[1] > 0.3 * rate
    assert np.allclose(after, drafts[0], atol=1e-6)


def test_the_beat_of_the_sheet_counts(model, monkeypatch):
    seen = []
    score = best_start.seam_score
    monkeypatch.setattr(best_start, "seam_score", lambda *args: seen.append(args) or score(*args))
    written(model, new_take(tries=2, sheet=LeadSheet(grids=(grid(120.0, 0.25),))))
    samples, rate, cut, beat = seen[0]
    assert rate == 48_000 and cut == 3 * rate and beat.downbeat == pytest.approx(0.25)
    assert samples.shape[1] == pytest.approx(cut + length(model, 10) * rate / RATE, abs=1)


def test_a_long_prompt_is_scored_by_its_end(model, monkeypatch):
    seen = []
    monkeypatch.setattr(best_start, "seam_score", lambda *args: seen.append(args) or SeamScore(0, 0, None, 1))
    written(model, new_take(tries=2, sheet=LeadSheet(grids=(grid(120.0, 0.25),)), seconds=9.0))
    _, rate, cut, beat = seen[0]
    assert cut == 6 * rate and beat.downbeat == pytest.approx(0.25 - 3.0)


@pytest.mark.parametrize(("seconds", "drafted"), [(0.01, 2), (1.2, 25)])
def test_a_draft_is_a_second_or_the_whole(model, monkeypatch, seconds, drafted):
    drafts = []
    monkeypatch.setattr(best_start, "_fit", lambda model, take, audio: drafts.append(audio.shape[1]) or 0.0)
    take = Take(replace(new_take(tries=2).request, seconds=seconds), 1)
    next(generate(model, take, ControlBox(Controls()), threading.Event()))
    assert drafts == [length(model, drafted)] * 2


def test_candidates_are_seeds_that_no_neighbour_has():
    near = [candidate_seeds(new_take(seed, 16).request) for seed in range(5)]
    assert len({seed for seeds in near for seed in seeds}) == 5 * 16
    assert all(0 <= seed <= MAX_SEED for seed in candidate_seeds(new_take(MAX_SEED, 16).request))


def test_a_stop_breaks_the_search_off(model):
    take, stop = new_take(tries=16), threading.Event()
    stop.set()
    assert list(islice(generate(model, take, ControlBox(take.request.controls), stop), 1)) == []
    assert take.written == take.cut


@pytest.mark.parametrize("tries", [0, 17, 1.5])
def test_a_senseless_number_of_tries(tries):
    with pytest.raises(CalmError, match="beginnings"):
        new_take(tries=tries)


def test_one_candidate_is_not_even_drawn():
    assert best_seed(new_take(seed=3), None, None) == 3
