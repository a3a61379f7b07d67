"""After ten minutes the context is the one that a prompt of what it can see would give, in the same memory."""

import pytest
import torch

from engine.bench import slide
from engine.errors import CalmError
from engine.steps import use
from engine.weights import random_model

TEN_MINUTES = 15_000  # frames


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def silent(done, total):
    pass


@pytest.mark.parametrize("steps", ["onnxruntime fp32", "onnxruntime int8"])
def test_a_context_of_ten_minutes_is_one_that_hears_its_reach_anew(model, steps):
    use(model, steps)
    latents = torch.randn(TEN_MINUTES, 1, 1, model.config.vae.latent_dim, generator=torch.manual_seed(3))
    with torch.inference_mode():
        _, state = model.calm.begin()
        size = state.backbone.rings.nbytes
        for latent in latents:
            z = model.steps.context(latent, state)
        reach = slide.reach_of(model)
        again, shorter = (slide.heard_anew(model, latents[-count:, 0]) for count in (reach, reach - 10))
    rms = z.square().mean().sqrt()
    assert (again - z).abs().max() < slide.TOLERANCE * rms
    assert (shorter - z).abs().max() > (again - z).abs().max(), "it does depend on all of its reach"
    assert state.backbone.rings.nbytes == size and state.position == TEN_MINUTES + 1


def test_a_take_that_was_written_slides_too(model):
    use(model, "torch")
    result = slide.slide(model, 6.0, silent)
    assert (result["window"], result["reach"]) == (24, 2 * 23 + 1)
    assert result["frames"] >= 150 and 0 < result["difference"] < 1e-4
    assert len(result["memory_mb"]) == 2


def test_a_take_must_be_longer_than_what_is_looked_back_on(model):
    with pytest.raises(CalmError, match="depends on 47 frames"):
        slide.slide(model, 0.4, silent)
