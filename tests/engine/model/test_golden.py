"""Golden numbers of the tiny random model: to change them is to change every take ever made."""

import pytest
import torch

from engine.config import TINY
from engine.weights import random_model

LATENTS = torch.linspace(-1, 1, 12 * TINY.vae.latent_dim).view(1, 12, -1).sin()


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(scope="module")
def z(model):
    return (model.calm.backbone(LATENTS) + model.calm.short_context(LATENTS))[0, -1:]


@pytest.fixture(scope="module")
def encoded(model):
    n = torch.arange(6 * TINY.vae.frame_size) / TINY.vae.sample_rate
    audio = 0.3 * torch.stack([torch.sin(2 * torch.pi * 300 * n), torch.sin(2 * torch.pi * 700 * n)])
    return model.vae.encode(audio[None], model.vae.initial_encoder_state())[0]


def test_context(z):
    assert z[0, :4].tolist() == pytest.approx([2.58819, -0.88271, 1.78576, -1.00956], abs=1e-4)


def test_head(model, z):
    drawn = model.calm.heads["consistency"](LATENTS[0, :1], torch.tensor([1.0]), z)
    assert drawn[0, :4].tolist() == pytest.approx([-0.13552, -0.12833, 0.01257, -0.14502], abs=1e-4)


def test_encoder(encoded):
    assert encoded[0, -1, :4].tolist() == pytest.approx([1.91377, -3.93806, 0.68324, -1.87089], abs=1e-3)


def test_decoder(model, encoded):
    audio, _ = model.vae.decode(encoded, model.vae.initial_decoder_state())
    assert audio[0, :, -1000].tolist() == pytest.approx([-2013.83240, -4445.81298], rel=1e-2)
