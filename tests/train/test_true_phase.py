"""With the source's phases, only what the levels lose is lost."""

import numpy as np
import pytest
import torch

from engine.audio import Audio
from engine.generate import reconstruct
from engine.train.judge_sound import si_sdr
from engine.train.true_phase import with_true_phase
from engine.weights import random_model


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(scope="module")
def sound():
    t = np.arange(40_001) / 48_000
    return np.stack([0.3 * np.sin(2 * np.pi * f * t) for f in (440, 660)]).astype(np.float32)


def test_length_and_place_stay(model, sound):
    assert with_true_phase(model.vae, sound).shape == sound.shape


def test_true_phases_are_better_than_made_ones(model, sound):
    made = reconstruct(model, Audio(sound, 48_000))
    assert si_sdr(sound, with_true_phase(model.vae, sound)) > si_sdr(sound, made) + 5


def test_levels_that_are_right_give_the_sound_back(model, sound, monkeypatch):
    """With a bottleneck that loses nothing, what is left is the width of the bands."""
    vae, kept = model.vae, {}

    def encode(levels, hops, frames):
        kept["levels"] = levels
        return levels, levels, hops, frames

    monkeypatch.setattr(vae, "encode_levels", encode)
    monkeypatch.setattr(vae, "decode_levels", lambda latents, frames, hops: (latents, frames, hops))
    back = with_true_phase(vae, sound)
    assert torch.isfinite(kept["levels"]).all()
    assert si_sdr(sound, back) > 8
