"""A CALM that changes its ear goes on as before, as far as one ear's latents follow from the other's."""

import numpy as np
import pytest
import torch

from engine.config import TINY
from engine.errors import CalmError
from engine.train import transplant
from engine.weights import random_model, save

DIM = TINY.vae.latent_dim


@pytest.fixture
def songs():
    """Latents (n, dim) of one ear, and the same by another that mixes, scales and moves them."""
    random = torch.Generator().manual_seed(0)
    old = torch.randn(4000, DIM, generator=random) * 2 + 1
    return old, old @ torch.randn(DIM, DIM, generator=random) * 3 - 5


def test_what_is_heard_means_the_same(songs):
    old, new = songs
    calm = random_model("tiny").calm
    calm.latent_mean, calm.latent_std = old.mean(0), old.std(0)
    heard = calm.normalise(old[None, :20])
    before = calm.teacher_forced(heard, noise=False)
    drawn = calm.heads["trigflow"](heard[0], torch.full((20,), 0.7), before[0])
    to_new = torch.linalg.lstsq(calm.normalise(old), (new - new.mean(0)) / new.std(0)).solution
    assert transplant.transplant(calm, old, new) == pytest.approx((1.0, 1.0), abs=1e-4)
    heard = calm.normalise(new[None, :20])
    after = calm.teacher_forced(heard, noise=False)
    assert torch.allclose(after, before, atol=2e-2)
    assert torch.allclose(
        calm.heads["trigflow"](heard[0], torch.full((20,), 0.7), before[0]), drawn @ to_new, atol=2e-2
    )


def test_the_command_writes_a_model_with_the_new_ear(songs, tmp_path, monkeypatch):
    model = random_model("tiny")
    model.calm.latent_std.copy_(songs[0].std(0))
    save(model, tmp_path / "model", "none")
    new_ear = random_model("tiny", seed=1).vae
    monkeypatch.setattr(transplant, "load_vae", lambda folder, preset: new_ear)
    for name, latents in zip(("old", "new"), songs, strict=True):
        (tmp_path / name).mkdir()
        np.save(tmp_path / name / "000001.npy", latents.numpy().astype(np.float16))
    folders = [str(tmp_path / name) for name in ("model", "old", "vae", "new", "out")]
    transplant.main([*folders, "--preset", "tiny"])
    calm = transplant.calm_part(tmp_path / "out")
    assert torch.allclose(calm["latent_mean"], songs[1].mean(0), atol=0.05)
    before = transplant.calm_part(tmp_path / "model")
    assert torch.equal(calm["follow.bend.weight"], before["follow.bend.weight"])
    assert not torch.equal(calm["backbone.embed.weight"], before["backbone.embed.weight"])


def test_no_song_in_common_is_said(tmp_path):
    with pytest.raises(CalmError, match="no song in common"):
        transplant.latents_of_both(tmp_path, tmp_path)
