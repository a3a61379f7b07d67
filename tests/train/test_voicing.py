"""What is voiced with a gradient is what the decoder says, and what is heard is what the encoder hears."""

import pytest
import torch

from engine.train.voicing import draw, hear, overlap_added, voice
from engine.weights import random_model


@pytest.fixture(scope="module")
def vae():
    return random_model("tiny").vae.requires_grad_(False)


@pytest.fixture(scope="module")
def voiced(vae, beginning):
    return voice(vae, draw(vae, hear(vae, beginning).latents))


def test_latents_are_those_of_the_encoder(vae, beginning):
    latents, _ = vae.encode(beginning, vae.initial_encoder_state())
    assert torch.allclose(hear(vae, beginning).latents, latents, atol=1e-5)


def test_overlap_added_is_what_the_decoder_adds(vae, voiced):
    audio, _ = vae.spectrum.inverse(voiced.spectra(), vae.initial_decoder_state().tail)
    made = overlap_added(vae, voiced.spectra())
    assert torch.allclose(made, audio[..., vae.spectrum.overlap :], atol=1e-5 * audio.abs().max())


def test_what_is_voiced_is_what_the_decoder_says(vae, beginning, voiced):
    latents, _ = vae.encode(beginning, vae.initial_encoder_state())
    said, _ = vae.decode(latents, vae.initial_decoder_state())
    made, count = overlap_added(vae, voiced.spectra()), said.shape[-1] - vae.delay
    assert torch.allclose(made[..., :count], said[..., vae.delay :], atol=1e-4 * float(said.abs().max()))


def test_silence_has_a_gradient_that_can_be_used(vae):
    """The root of nothing has none: magnitudes must not be made from powers."""
    levels = torch.full((1, 10, vae.spectrum.features), vae.config.floor, requires_grad=True)
    overlap_added(vae, voice(vae, levels).spectra()).abs().sum().backward()
    assert torch.isfinite(levels.grad).all()
