"""A take is made again from its file, bit for bit; what is not so is found."""

import dataclasses
import json
import threading

import numpy as np
import pytest
import torch

from engine.audio import Audio, read, stereo
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate
from engine.music.leadsheet import Grid, LeadSheet
from engine.recipe import parent_of, recipe_of, to_json
from engine.replay import render
from engine.request import Prompt, Request, SeedFrom
from engine.restore import restore
from engine.steps import TorchSteps
from engine.take import Take
from engine.trail import Trail
from engine.verify import snr_db, verify
from engine.weights import random_model
from tests.engine.takes import clip, edited, made, resaved, saved

QUIET = lambda done, total: None  # noqa: E731


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(scope="module")
def take(model):
    return made(model, moves={6: Controls(steps=2, temperature=1.7)})


@pytest.fixture(scope="module")
def file(take, model, tmp_path_factory):
    path = tmp_path_factory.mktemp("takes") / "take.wav"
    saved(take, model, path)
    return path


def verdict(path, model, clip=None):
    return verify(restore(path), model, clip, QUIET, threading.Event())


def is_equal(verdict, samples) -> bool:
    return (verdict.state, verdict.compared, verdict.first_difference, verdict.snr_db) == ("equal", samples, None, None)


@pytest.mark.parametrize(("sampler", "steps"), [("consistency", 1), ("consistency", 4), ("trigflow", 100)])
def test_a_take_is_made_again(model, tmp_path, sampler, steps):
    take = made(model, seconds=0.15, controls=Controls(sampler, steps))
    saved(take, model, tmp_path / "take.wav")
    found = verdict(tmp_path / "take.wav", model)
    assert is_equal(found, 7_200)
    assert found.repeated
    assert found.notes == ()


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_at_any_rate(model, tmp_path, rate):
    take = made(model, Prompt(clip(rate), "clip", 100, rate - 50), seconds=0.3)
    saved(take, model, tmp_path / "take.wav")
    assert is_equal(verdict(tmp_path / "take.wav", model), round(0.3 * rate))


def test_with_live_moves(model, tmp_path):
    moves = {2: Controls(temperature=1.5), 3: Controls("trigflow", 7, 0.2), 9: Controls(steps=1), 10: Controls()}
    take = made(model, moves=moves)
    assert len(take.history.changes) == 5
    saved(take, model, tmp_path / "take.wav")
    assert is_equal(verdict(tmp_path / "take.wav", model), 28_800)


def test_with_a_lead_sheet(model, tmp_path):
    sheet = LeadSheet((Grid(123.4, 0.25, 3),), 5, "dorian")
    take, plain = made(model, sheet=sheet, seconds=0.3), made(model, seconds=0.3)
    assert not np.array_equal(take.samples, plain.samples)
    saved(take, model, tmp_path / "take.wav")
    assert is_equal(verdict(tmp_path / "take.wav", model), 14_400)


def test_with_the_best_of_several_beginnings(model, tmp_path):
    take = made(model, tries=3, seconds=0.3)
    recipe = saved(take, model, tmp_path / "take.wav")
    assert (recipe.seed, recipe.tries, recipe.drawn_with) == (7, 3, take.seed)
    assert restore(tmp_path / "take.wav").take.seed == take.seed
    assert is_equal(verdict(tmp_path / "take.wav", model), 14_400)


def test_stopped_before_its_end(model, tmp_path):
    take = made(model, seconds=5, frames=8)
    saved(take, model, tmp_path / "take.wav")
    assert is_equal(verdict(tmp_path / "take.wav", model), take.written - take.cut)


def test_after_a_branch_of_a_branch(file, model, tmp_path):
    """Each generation from the file of the one before."""
    path = file
    for generation in range(2):
        parent = restore(path)
        at = parent.take.cut + 4_800
        branch = made(model, Prompt(parent.take.audio, "clip", 0, at), moves={1: Controls(steps=generation + 1)})
        path = tmp_path / f"branch{generation}.wav"
        saved(branch, model, path, parent_of(parent.take, parent.recipe, 0, at))
        assert is_equal(verdict(path, model), 28_800)


def test_with_another_number_of_threads(model, tmp_path):
    """The bundled and the tiny model give other last bits with 2 threads than with 1: the recipe's number is used."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        two = random_model("tiny")
        saved(made(two, seconds=0.2), two, tmp_path / "take.wav")
        torch.set_num_threads(1)
        found = verdict(tmp_path / "take.wav", random_model("tiny"))
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
    assert is_equal(found, 9_600)


@pytest.mark.parametrize("name", ["take.flac", "take.aiff"])
def test_in_other_exact_formats(take, model, tmp_path, name):
    saved(take, model, tmp_path / name)
    assert is_equal(verdict(tmp_path / name, model), 28_800)


def test_as_32_bit_float(take, model, tmp_path):
    saved(take, model, tmp_path / "take.wav", depth="32f")
    assert is_equal(verdict(tmp_path / "take.wav", model), 28_800)


def test_renamed_reordered_and_with_chunks_dropped(file, model, tmp_path):
    def change(chunks):
        kept = [c for c in chunks if c[0] in (b"fmt ", b"iXML", b"data")]
        return [kept[0], kept[2], kept[1]]

    assert is_equal(verdict(edited(file, tmp_path / "other name.wav", change), model), 28_800)


def test_trimmed_at_the_end_as_far_as_it_goes(file, model, tmp_path):
    short = resaved(file, tmp_path / "short.wav", lambda x: x[: 48_000 + 10_000])
    found = verdict(short, model)
    assert is_equal(found, 10_000)
    assert found.notes == ("The last 0.39 s of the continuation",)


def test_moved_on_the_time_line(file, model, tmp_path):
    later = resaved(file, tmp_path / "later.wav", lambda x: np.pad(x, ((1_000, 500), (0, 0))))
    assert is_equal(verdict(later, model), 28_800)


def test_trimmed_at_the_start_only_with_the_clip(file, model, tmp_path):
    late = resaved(file, tmp_path / "late.wav", lambda x: x[20_000:])
    with pytest.raises(CalmError, match="cannot be made again"):
        verdict(late, model)
    assert is_equal(verdict(late, model, clip()), 28_800)


def test_another_clip_is_refused(file, model, tmp_path):
    late = resaved(file, tmp_path / "late.wav", lambda x: x[20_000:])
    quieter = Audio(clip().samples * np.float32(0.9), 48_000)
    for other in (clip(44_100), clip(seconds=0.9), quieter):
        with pytest.raises(CalmError, match="not the one that was continued: clip, 48000 Hz"):
            verdict(late, model, other)


def test_one_changed_sample_is_found(file, model, tmp_path):
    def touched(x):
        x = x.copy()
        x[48_000 + 12_345, 1] += 2**-23
        return x

    found = verdict(resaved(file, tmp_path / "touched.wav", touched), model)
    assert (found.state, found.first_difference, found.repeated) == ("different", 48_000 + 12_345, True)
    assert found.snr_db > 100


def forged(take, model, tmp_path, **entries):
    """A file whose recipe says something else than what the take was made with."""
    recipe = saved(take, model, tmp_path / "take.wav")
    told, other = (to_json(r).encode() for r in (recipe, dataclasses.replace(recipe, **entries)))
    return edited(
        tmp_path / "take.wav",
        tmp_path / "forged.wav",
        lambda chunks: [(name, content.replace(told, other)) for name, content in chunks],
    )


def test_a_changed_recipe_is_found(take, model, tmp_path):
    found = verdict(forged(take, model, tmp_path, seed=8, drawn_with=8), model)
    assert (found.state, found.repeated) == ("different", False)
    assert abs(found.first_difference - 48_000) < 2_000


def test_a_recipe_that_contradicts_itself_is_refused(take, model, tmp_path):
    with pytest.raises(CalmError, match="seeds contradict each other"):
        verdict(forged(take, model, tmp_path, seed=8), model)


@pytest.mark.parametrize("name", ["take.ogg", "take.opus", "take.mp3"])
def test_a_lossy_file_is_close_given_the_clip(take, model, tmp_path, name):
    saved(take, model, tmp_path / name)
    found = verdict(tmp_path / name, model, clip())
    assert (found.state, found.repeated, found.compared) == ("close", True, 28_800)
    held = stereo(read(tmp_path / name).samples)[:, take.cut : take.cut + 28_800]
    assert found.snr_db == pytest.approx(snr_db(take.samples[:, take.cut :], held, take.rate), abs=0.5)


def test_16_bits_are_close(take, model, tmp_path):
    saved(take, model, tmp_path / "take.wav", depth="16")
    found = verdict(tmp_path / "take.wav", model, clip())
    assert (found.state, found.repeated) == ("close", True)
    assert 50 < found.snr_db < 100


def test_another_model_is_refused_by_name(file, model, monkeypatch):
    monkeypatch.setitem(model.info, "sha256", "f" * 64)
    with pytest.raises(CalmError, match="by the model tiny .*this is tiny .ffffffffffff"):
        verdict(file, model)


def test_another_machine_is_named(file, model, monkeypatch):
    monkeypatch.setitem(model.info, "arithmetic", "torch 9, abacus")
    assert "compared with cpu, torch 9, abacus" in verdict(file, model).notes[0]


@pytest.mark.parametrize(
    ("settings", "said"), [({"rate": 44_100}, "44100 Hz"), ({"part": "continuation"}, "too little")]
)
def test_what_cannot_be_compared_is_said(take, model, tmp_path, settings, said):
    saved(take, model, tmp_path / "take.wav", **settings)
    with pytest.raises(CalmError, match=said):
        verdict(tmp_path / "take.wav", model)


def test_it_reports_and_can_be_stopped(file, model):
    told, stop = [], threading.Event()

    def progress(done, total):
        told.append((done, total))
        if len(told) == 5:
            stop.set()

    with pytest.raises(CalmError, match="stopped"):
        verify(restore(file), model, None, progress, stop)
    assert len(told) == 5
    assert told[-1][0] < told[-1][1] == 28_800


def test_an_edited_history_makes_another_take(take, model):
    """Moves can be edited and rendered anew: the prompt and what lies before the first change stay."""
    again = render(model, recipe_of(take, model.info), take.request.prompt, QUIET, threading.Event())
    assert np.array_equal(again.samples, take.samples)
    assert again.history.changes == take.history.changes


def test_the_ratio_is_that_of_what_can_be_heard():
    t = np.arange(100_000) / 48_000
    low, high = np.sin(2 * np.pi * 440 * t), np.sin(2 * np.pi * 15_000 * t)
    both = np.stack([low, low])
    assert snr_db(both, 0.9 * both, 48_000) == pytest.approx(20, abs=0.1)
    assert snr_db(both + high, both, 48_000) > 60


def test_a_take_made_with_other_steps_is_made_again_with_them(file, model, monkeypatch):
    """The model computes in another way now; for the comparison it goes back to the recipe's, and then on as it was."""

    class Coarse(TorchSteps):
        name = "onnxruntime int8"

        def context(self, latent, state):
            return super().context(latent, state).half().float()

    coarse = Coarse(model)
    monkeypatch.setattr(model, "steps", coarse)
    monkeypatch.setitem(model.info, "arithmetic", "onnxruntime int8, abacus")
    found = verdict(file, model)
    assert is_equal(found, 28_800) and found.notes == ()
    assert model.steps is coarse and model.info["arithmetic"] == "onnxruntime int8, abacus"


@pytest.mark.parametrize(("rate", "noted"), [(48_000, False), (44_100, True)])
def test_a_take_of_the_first_version_is_compared_and_its_resampler_named(model, tmp_path, rate, noted):
    take = made(model, Prompt(clip(rate), "clip", 0, rate), seconds=0.3)
    recipe = saved(take, model, tmp_path / "take.wav")
    old = {**dataclasses.asdict(recipe), "version": 1}
    del old["forks"]
    told, said = to_json(recipe).encode(), json.dumps(old, separators=(",", ":")).encode()
    old_file = edited(
        tmp_path / "take.wav",
        tmp_path / "old.wav",
        lambda chunks: [(name, content.replace(told, said)) for name, content in chunks],
    )
    found = verdict(old_file, model)
    assert is_equal(found, round(0.3 * rate))
    assert any("resampled by an earlier version" in note for note in found.notes) == noted


def test_a_fork_is_made_again_from_its_file(model, tmp_path):
    parent = Take(made(model, seconds=0.2).request, 1)
    parent.trail = Trail()
    for _ in generate(model, parent, ControlBox(Controls()), threading.Event()):
        pass
    child = Take(Request.forked(parent, 3, 0.3, 8, Controls(steps=2)), 2)
    for _ in generate(model, child, ControlBox(child.request.controls), threading.Event()):
        pass
    recipe = saved(child, model, tmp_path / "fork.wav")
    back = restore(tmp_path / "fork.wav")
    assert back.take.forks == recipe.forks == (SeedFrom(3, 8),)
    assert recipe_of(back.take, model.info) == recipe
    assert back.metadata.origins[0].stop == parent.cut, "the seconds that are the user's are the clip's"
    assert is_equal(verdict(tmp_path / "fork.wav", model), child.written - child.cut)
