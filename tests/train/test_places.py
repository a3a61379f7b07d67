"""Nothing that is learned from is made on another device than the model: so training runs on a GPU as on a CPU.

Tensors of torch's meta device have shapes and no numbers, and what mixes them with others is refused.
"""

from contextlib import nullcontext
from functools import partial

import pytest
import torch

from engine.config import PRESETS
from engine.model.calm import Calm
from engine.model.vae import SpectralVAE
from engine.music.bars_ago import BARS, FIELDS
from engine.music.leadsheet import FEATURES
from engine.train import distil, lessons, train_calm, train_vae
from engine.train.ablate import ARMS
from engine.train.distil import HeadTraining
from engine.train.latent_crops import Lesson
from engine.train.semantics import TARGETS, Piano
from engine.train.train_follow import FollowTraining
from engine.train.train_text import TextTraining

TINY, SONGS, FRAMES = PRESETS["tiny"], 2, 24
ELSEWHERE = torch.device("meta")


@pytest.fixture(autouse=True)
def full_precision(monkeypatch):
    """There is no autocast on the meta device."""
    for module in (lessons, train_calm, distil, train_vae):
        monkeypatch.setattr(module, "mixed", lambda device: nullcontext())


@pytest.fixture
def calm():
    return Calm(TINY).to(ELSEWHERE)


@pytest.fixture
def lesson():
    sizes = (TINY.vae.latent_dim,), (FEATURES,), (len(BARS), FIELDS)
    return Lesson(*(torch.zeros(SONGS, FRAMES, *size) for size in sizes)).to(ELSEWHERE)


def placed(kind, calm):
    return kind(calm).to(ELSEWHERE).requires_grad_(True)


@pytest.mark.parametrize("kind", ARMS.values(), ids=ARMS)
def test_calm(kind, calm, lesson):
    training = placed(kind, calm)
    loss, _ = training(*lesson)
    loss.backward()
    assert loss.device == train_calm.examine(training, lesson).device == ELSEWHERE


@pytest.mark.parametrize("kind", [FollowTraining, TextTraining])
def test_bends(kind, calm, lesson):
    training, head = placed(kind, calm), calm.heads["trigflow"]
    z, x = lessons.read(calm, lesson.latents)
    told = lesson[1:] if kind is FollowTraining else torch.zeros(SONGS, TINY.text.features, device=ELSEWHERE)
    training(head, z, x, told)[0].backward()
    assert lessons.examine(training, head, z, x, told).device == ELSEWHERE


@pytest.mark.parametrize("loss_of", [distil.ends_loss, partial(distil.tangents_loss, ramp=0.5)], ids=distil.WAYS)
def test_distillation(loss_of, calm, lesson):
    student = placed(HeadTraining, calm)
    loss, _ = loss_of(calm, student, lesson)
    loss.backward()
    assert student.head.out.weight.grad.device == ELSEWHERE


def test_the_ear():
    learners = torch.nn.ModuleDict({"vae": SpectralVAE(TINY.vae), "piano": Piano(TINY.vae.latent_dim)}).to(ELSEWHERE)
    levels = train_vae.batch_levels(learners["vae"], torch.randn(SONGS, 2, FRAMES * TINY.vae.frame_size))
    notes = torch.zeros(SONGS, FRAMES, TARGETS, device=ELSEWHERE)
    optimizer = torch.optim.SGD(learners.parameters(), lr=0.1)
    losses = train_vae.learn(learners, train_vae.Batch(levels, notes), optimizer, 1e-3, 0.3)
    assert all(loss.device == ELSEWHERE for loss in losses.values())
