"""Configs are frozen, strict, and the paper's preset is the paper's size."""

import dataclasses
import json

import pytest
import torch

from engine.config import PAPER, PRESETS, STUDIO, TransformerConfig, from_dict, to_dict
from engine.errors import CalmError
from engine.model.calm import Calm


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS)
def test_survives_json(config):
    assert from_dict(json.loads(json.dumps(to_dict(config)))) == config


def test_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        STUDIO.name = "other"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda d: d["head"].update(widht=3), "config.head.widht"),
        (lambda d: d["vae"].pop("hop"), "config.vae.hop"),
        (lambda d: d["backbone"].update(layers="six"), "config.backbone.layers"),
        (lambda d: d["backbone"].update(layers=True), "config.backbone.layers"),
        (lambda d: d.update(head=None), "config.head"),
    ],
)
def test_names_the_wrong_key(change, named):
    data = to_dict(STUDIO)
    change(data)
    with pytest.raises(CalmError, match=named):
        from_dict(data)


def test_integers_are_read_as_floats_where_floats_belong():
    data = to_dict(STUDIO)
    data["vae"]["floor"] = -80
    assert from_dict(data) == STUDIO


@pytest.mark.parametrize(
    "change",
    [
        {"short_context": TransformerConfig(width=256, layers=2, heads=4, window=10)},
        {"short_context": TransformerConfig(width=384, layers=12, heads=6, window=10)},
    ],
)
def test_fields_that_do_not_fit_together_are_refused(change):
    with pytest.raises(ValueError, match="short-context|short context"):
        dataclasses.replace(STUDIO, **change)


def test_odd_heads_are_refused():
    with pytest.raises(ValueError, match="heads"):
        TransformerConfig(width=30, layers=1, heads=4, window=4)


def test_paper_preset_has_the_parameters_of_the_paper():
    with torch.device("meta"):
        calm = Calm(PAPER)
    count = {name: sum(p.numel() for p in part.parameters()) for name, part in calm.named_children()}
    assert count["backbone"] == pytest.approx(1.359e9, rel=1e-3)
    assert count["short_context"] == pytest.approx(113e6, rel=5e-3)
    assert count["heads"] / 2 == pytest.approx(601e6, rel=1e-3)


def test_studio_speaks_48_khz_at_25_frames_a_second():
    assert (STUDIO.vae.sample_rate, STUDIO.vae.frame_rate) == (48_000, 25.0)


def test_the_small_presets_differ_in_their_latents_alone():
    small, wide = PRESETS["small"], PRESETS["small-128"]
    assert (small.vae, wide.vae.latent_dim) == (STUDIO.vae, 128)
    assert dataclasses.replace(wide, name=small.name, vae=small.vae) == small
