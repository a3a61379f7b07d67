"""Beside each other: ways to come by the phases of what a spectral VAE has drawn."""

import json

import numpy as np
import pytest
import soundfile
import torch

from engine import weights
from engine.errors import CalmError
from engine.model.vaes import build_vae
from engine.train import evaluate_phases
from engine.train.evaluate_phases import ROUTES, evaluate, main, rise, routes, sounds
from engine.train.evaluate_vae import read_clip
from engine.train.phase_head import PhaseHead
from engine.train.true_phase import draw, sound
from engine.weights import random_model
from tests.engine.model.test_waveform_vae import SMALL

RATE = 48_000


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two clips of clicks over a chord, and one too short."""
    path, random = tmp_path_factory.mktemp("clips"), np.random.default_rng(0)
    t = np.arange(round(1.5 * RATE)) / RATE
    chord = sum(0.05 * np.sin(2 * np.pi * f * t) for f in (220, 277, 330))
    clicks = 0.3 * random.standard_normal((2, len(t))) * np.exp(-(t % 0.3) * 60)
    for name, part in (("a", 1), ("b", 0.5)):
        soundfile.write(path / f"{name}.wav", (chord + part * clicks).T, RATE)
    soundfile.write(path / "short.wav", np.full((100, 2), 0.1), RATE)
    return path


def test_the_routes_part_only_in_phase(model, folder):
    drawn = draw(model.vae, read_clip(folder / "a.wav", 1.5, RATE).audio.samples)
    made = routes(model.vae, drawn)
    assert tuple(made) == ROUTES
    shape = drawn.outline.lean.shape
    assert all(phase.shape == shape and torch.isfinite(phase).all() for phase in made.values())
    assert not torch.allclose(made["locked"], made["spread"]) and not torch.allclose(made["spread"], made["placed"])


def test_placed_is_what_the_decoder_says(model, folder):
    samples = read_clip(folder / "a.wav", 1.5, RATE).audio.samples
    drawn = draw(model.vae, samples)
    phase, lean = routes(model.vae, drawn)["placed"], drawn.outline.lean
    state = model.vae.initial_decoder_state()
    said, _ = model.vae.speak(drawn.outline, state.frames, state.hops, state)
    made = sound(model.vae, drawn, torch.stack([phase - lean, phase + lean], dim=1))
    said = said[0, :, model.vae.delay :][:, : samples.shape[1]].numpy()
    assert np.allclose(made[:, : said.shape[1]], said, atol=1e-4 * np.abs(said).max())


def test_every_sound_has_the_clip_s_length(model, folder):
    clip = read_clip(folder / "a.wav", 1.5, RATE)
    made = sounds(model.vae, clip)
    assert list(made) == ["the source", *ROUTES, "true"]
    assert all(samples.shape == clip.audio.samples.shape for samples in made.values())


def test_a_head_has_a_row_of_its_own_and_a_fresh_one_that_of_the_decoder(model, folder):
    clip, config = read_clip(folder / "a.wav", 1.5, RATE), model.vae.config
    made = sounds(model.vae, clip, PhaseHead(config.hop, config.fft_size).requires_grad_(False))
    assert list(made) == ["the source", *ROUTES, "refined", "true"]
    assert np.allclose(made["refined"], made["placed"], atol=1e-5 * np.abs(made["placed"]).max())


def test_a_sharper_attack_rises_more():
    t = np.arange(RATE) / RATE
    noise = 0.1 * np.random.default_rng(0).standard_normal((2, RATE))
    sharp, soft = (noise * (0.01 + np.clip((t - 0.5) / seconds, 0, 1)) for seconds in (1e-4, 4e-2))
    assert rise(sharp, sharp, RATE) > rise(sharp, soft, RATE) + 5


def test_without_attacks_there_is_no_rise():
    assert rise(np.zeros((2, RATE)), np.zeros((2, RATE)), RATE) is None


def test_the_command_prints_every_route(model, folder, monkeypatch, capsys):
    monkeypatch.setattr(weights, "load", lambda *_: model)
    assert main([str(folder), "--seconds", "1.5", "--json"]) == 0
    said = capsys.readouterr()
    means = json.loads(said.out.splitlines()[-1])
    assert list(means) == ["the source", *ROUTES, "true"] and means["the source"]["mel_128"] == 0
    assert means["placed"]["rise"] > means["locked"]["rise"]
    assert "short" in said.err


def test_nothing_to_judge_is_said(model, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(weights, "load", lambda *_: model)
    assert main([str(tmp_path)]) == evaluate_phases.FAILED
    assert "nothing to judge" in capsys.readouterr().err


def test_a_vae_of_waveforms_has_no_phases_to_judge(model, folder, monkeypatch):
    monkeypatch.setattr(model, "vae", build_vae(SMALL))
    with pytest.raises(CalmError, match="makes no phases"):
        evaluate(model, folder, 1, 1)
