"""The ear's speed is told of what it really encodes and decodes."""

import pytest

from engine.bench.ear import ROUNDS, ear
from engine.weights import random_model


def test_encoding_and_decoding_are_told_of_every_frame():
    model, seen, decoded = random_model("tiny"), [], []
    decode = model.steps.decode
    model.steps.decode = lambda latents, state: decoded.append(latents.shape) or decode(latents, state)
    result = ear(model, 0.4, lambda done, total: seen.append((done, total)))
    assert result["seconds"] == pytest.approx(0.4)
    assert seen[-1] == (80, 80) and len(decoded) == 10 * (1 + ROUNDS)  # once to warm up
    assert set(decoded) == {(1, 1, model.config.vae.latent_dim)}
    for speeds in (result["x_real_time"], result["x_of_a_core"]):
        assert set(speeds) == {"encode", "decode"}
        assert all(0 < speed["min"] <= speed["p50"] <= speed["max"] for speed in speeds.values())
