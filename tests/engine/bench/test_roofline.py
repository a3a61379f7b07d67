from dataclasses import replace

import pytest
import torch

from engine.bench import roofline
from engine.config import PRESETS, TINY, TransformerConfig, WaveformConfig
from engine.fast.cuda import CudaSteps
from engine.weights import random_model


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(roofline, "SECONDS", 0.1)
    monkeypatch.setattr(roofline, "COPIED", 1 << 20)


def numbers(module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_weights_count_once_a_call_and_the_cache_once_a_take(model):
    one, four = roofline.frame_bytes(model, 1, 1), roofline.frame_bytes(model, 4, 4)
    assert one["head"] == 4 * numbers(model.calm.heads["consistency"])
    assert one["backbone"] == 4 * (numbers(model.calm.backbone.transformer))
    assert one["cache"] == 4 * 12 * 2 * 2 * 32  # half of 24 positions, 2 layers, keys and values 32 wide
    assert four["head"] == 4 * one["head"]
    assert four["cache"] == 4 * one["cache"]
    assert (four["backbone"], four["decoder"]) == (one["backbone"], one["decoder"])


def test_int8_weights_are_a_quarter(model, monkeypatch):
    full = roofline.frame_bytes(model, 1, 1)
    monkeypatch.setattr(type(model.steps), "name", "onnxruntime int8")
    small = roofline.frame_bytes(model, 1, 1)
    assert 4 * small["backbone"] == full["backbone"]
    assert small["cache"] == full["cache"]


def test_a_frame_finds_the_context_as_the_one_before_it_did(model, monkeypatch):
    positions, context = [], model.steps.context
    monkeypatch.setattr(
        model.steps, "context", lambda latent, state: seen(positions, latent, state) or context(latent, state)
    )
    with torch.inference_mode():
        write = roofline.frame_of(model, 4, 1)
        for _ in range(3):
            write()
    assert positions == [(12, 4)] * 3


def seen(positions, latent, state) -> None:
    positions.append((state.position, len(latent)))


def test_rows_tell_how_much_of_the_roofline_was_reached(model):
    told = []
    result = roofline.roofline(model, lambda done, total: told.append((done, total)))
    assert [(row["batch"], row["steps"]) for row in result["rows"]] == [(1, 1), (1, 4), (4, 1), (4, 4)]
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert (result["model"], result["arithmetic"]) == ("tiny", "torch")
    for row in result["rows"]:
        floor = 1000 * sum(row["bytes"].values()) / (1e9 * result["copy_gb_per_s"])
        assert row["floor_ms"] == pytest.approx(floor, rel=0.05, abs=1e-3)
        assert row["reached"] == pytest.approx(row["floor_ms"] / row["frame_ms"]["mean"], rel=0.05, abs=2e-3)
        assert row["x_real_time"] == pytest.approx(40 / row["frame_ms"]["mean"], rel=0.05, abs=0.02)


def test_the_papers_model_runs_in_small_at_batch_1_and_4(monkeypatch):
    """With the steps that it has on a GPU, unrecorded here: other sizes, and a voice that is a waveform."""
    shape = TransformerConfig(width=16, layers=1, heads=2, window=8)
    vae = WaveformConfig(ratios=(4, 2), latent_dim=8, channels=4, transformer=shape)
    monkeypatch.setitem(PRESETS, "small paper", replace(TINY, name="small paper", vae=vae))
    model = random_model("small paper")
    monkeypatch.setattr(model, "steps", CudaSteps(model))
    result = roofline.roofline(model, lambda done, total: None)
    assert [(row["batch"], row["steps"]) for row in result["rows"]] == [(1, 1), (1, 4), (4, 1), (4, 4)]
    parts = (model.vae.from_latents, model.vae.decoder_context, model.vae.decoder)
    assert result["arithmetic"] == "cuda graphs"
    assert result["rows"][0]["bytes"]["decoder"] == 4 * sum(numbers(part) for part in parts)
    assert all(row["frame_ms"]["mean"] > 0 for row in result["rows"])
