"""Each arm leaves out what it says, and nothing else."""

import json

import pytest
import torch

from engine.config import PRESETS
from engine.model import calm as calm_module
from engine.model.calm import Calm
from engine.music.bars_ago import BARS, FIELDS
from engine.music.leadsheet import FEATURES, GROUPS
from engine.train import ablate
from engine.train.ablate import ARMS
from engine.train.latent_crops import Lesson

TINY, SONGS, FRAMES = PRESETS["tiny"], 2, 12


@pytest.fixture
def lesson():
    torch.manual_seed(0)
    sizes = (TINY.vae.latent_dim,), (FEATURES,), (len(BARS), FIELDS)
    return Lesson(*(torch.randn(SONGS, FRAMES, *size) for size in sizes))


def learned(arm, lesson):
    """The names of the modules that a step of an arm would move."""
    training = ARMS[arm](Calm(TINY))
    for each in training.parameters():  # what begins at 0 would pass no gradient on
        torch.nn.init.normal_(each, std=0.1) if each.requires_grad else None
    training(*lesson)[0].backward()
    moved = {name for name, each in training.calm.named_parameters() if each.grad is not None and each.grad.any()}
    return {name.rsplit(".", 1)[0] if name.startswith("heads") else name.split(".")[0] for name in moved}, training


def heads(names):
    return {name.split(".")[1] for name in names if name.startswith("heads")}


@pytest.mark.parametrize(
    ("arm", "head", "left_out"),
    [
        ("all", "trigflow", set()),
        ("noise", "trigflow", set()),
        ("draws", "trigflow", set()),
        ("short context", "trigflow", {"short_context"}),
        ("sheet", "trigflow", {"follow", "recall"}),
        ("asked", "trigflow", set()),
        ("jointly", "consistency", set()),
    ],
)
def test_what_is_learned(arm, head, left_out, lesson):
    names, _ = learned(arm, lesson)
    assert heads(names) == {head}
    assert names & {"backbone", "short_context", "follow", "recall"} == (
        {"backbone", "short_context", "follow", "recall"} - left_out
    )


def test_without_noise_the_backbone_hears_what_was_written(lesson, monkeypatch):
    noised = []
    monkeypatch.setattr(calm_module, "inject_noise", lambda x: noised.append(len(x)) or x)
    for arm, times in (("noise", 0), ("all", 1)):
        noised.clear()
        ARMS[arm](Calm(TINY))(*lesson)
        assert len(noised) == times


def test_a_short_context_that_is_left_out_adds_nothing(lesson):
    training = ARMS["short context"](Calm(TINY))
    assert not training.calm.short_context(lesson.latents).any()


@pytest.mark.parametrize(("arm", "times"), [("all", 1), ("draws", 4)])
def test_every_position_is_drawn_so_often(arm, times, lesson):
    training, drawn = ARMS[arm](Calm(TINY)), []
    training.calm.heads["trigflow"].register_forward_hook(lambda _, inputs, __: drawn.append(len(inputs[0])))
    training(*lesson)
    assert drawn == [times * SONGS * FRAMES]


def test_the_command_trains_the_arm_it_is_told(latents, tmp_path):
    arguments = [str(latents), str(tmp_path), "--heldout", str(latents), "--arm", "jointly", "--preset", "tiny"]
    ablate.main([*arguments, "--minutes", "0.02"])
    assert json.loads((tmp_path / "metrics.jsonl").read_text().splitlines()[0])["step"] == 0
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["training"]
    assert state["steps"] > 0


def test_only_what_is_known_is_asked(lesson):
    training = ARMS["asked"](Calm(TINY))
    z, sheet = torch.randn(SONGS, FRAMES, TINY.backbone.width), torch.zeros_like(lesson.sheet)
    assert training.besides(z, sheet) == 0
    sheet[..., GROUPS["beat"]] = 1  # chords are known
    answer = training.answer(z)[..., GROUPS["beat"] : GROUPS["beat"] + GROUPS["chord"]]
    truth = sheet[..., GROUPS["beat"] : GROUPS["beat"] + GROUPS["chord"]]
    assert training.besides(z, sheet).item() == pytest.approx(ablate.ASKED * (answer - truth).square().mean().item())


def test_an_answer_is_learned_from_what_the_backbone_knows(lesson):
    training = ARMS["asked"](Calm(TINY))
    z, sheet = torch.randn(SONGS, FRAMES, TINY.backbone.width, requires_grad=True), torch.ones_like(lesson.sheet)
    training.besides(z, sheet).backward()
    assert z.grad.any()
