"""States of some rows of a batch: they go on as the batch's rows do, and are nobody else's."""

import pytest
import torch

from engine.hold import held, hold_of
from engine.model.vaes import build_vae
from engine.weights import random_model
from tests.engine.model.test_waveform_vae import SMALL

WANTED = [2, 0, 0]


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.manual_seed(seed))


def test_of_both_contexts(model):
    dim = model.config.vae.latent_dim
    with torch.inference_mode():
        _, state = model.calm.begin(3)
        for frame in noise(3, 40, dim).split(1, dim=1):
            model.calm.context(frame, state)
        some, following = state.rows(WANTED), noise(3, 1, dim, seed=1)
        z = model.calm.context(following[WANTED], some)
        expected = model.calm.context(following, state)[WANTED]
    assert torch.allclose(z, expected, atol=1e-5) and some.position == state.position == 42
    assert some.backbone.rings.is_contiguous(), "as those who read rings through numpy need them"


def test_they_are_a_copy(model):
    _, state = model.calm.begin(2)
    some = state.rows([0, 1])
    before = state.backbone.rings.clone()
    model.calm.context(noise(2, 1, model.config.vae.latent_dim), some)
    assert torch.equal(state.backbone.rings, before) and state.position == 1


@pytest.mark.parametrize("vae", ["spectral", "waveform"])
def test_of_the_decoders(model, vae):
    vae = model.vae if vae == "spectral" else build_vae(SMALL).eval().requires_grad_(False)
    latents = noise(3, 4, vae.config.latent_dim)
    with torch.inference_mode():
        state = vae.prime(latents, 0.1 * noise(3, 2, 4 * vae.config.frame_size))
        audio, _ = vae.decode(latents[:, :1], state)
        some, _ = vae.decode(latents[WANTED, :1], state.rows(WANTED))
    assert torch.allclose(some, audio[WANTED], atol=1e-6 * float(audio.abs().max())), "which is loud, at random weights"


def test_of_the_hold():
    hold = hold_of(noise(3, 50, 4), 25.0, torch.eye(4), octaves=2)
    _, hold = held(noise(3, 1, 4), hold, (0.0, -0.3, 0.2))
    latent, after = held(noise(3, 1, 4, seed=1), hold, (0.0, -0.3, 0.25))
    wanted = hold.rows(WANTED)
    some, then = held(noise(3, 1, 4, seed=1)[WANTED], wanted, tuple(after.more[row] for row in WANTED))
    assert torch.equal(some, latent[WANTED]) and torch.equal(then.recent_mean, after.recent_mean[WANTED])
    assert torch.equal(then.frames, after.frames[WANTED])
