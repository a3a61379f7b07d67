"""The adversarial stage takes real steps at tiny size: losses fall, critics learn, a run resumes; its parts by hand."""

import itertools
import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch

from engine.config import TransformerConfig, WaveformConfig
from engine.errors import CalmError
from engine.train import run, train_waveform_vae
from engine.train.discriminators import SCALES, Discriminators, adversarial_loss, critic_loss, feature_loss
from engine.train.waveform_losses import MelLoss, balanced_gradient, kl_to_unit_gaussian

TINY = WaveformConfig(8_000, (5, 4, 4, 4), 8, 4, TransformerConfig(width=16, layers=1, heads=2, window=10))
RATE = 48_000
STEPS = 24
TICK = 0.02  # seconds that a step takes by the clock below


@pytest.fixture
def small(monkeypatch):
    """Crops, critics and clock of a size for a test."""
    ticks = itertools.count(step=TICK)
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    monkeypatch.setattr(train_waveform_vae, "CROP_FRAMES", 8)
    monkeypatch.setattr(train_waveform_vae, "PEAK_LR", 1e-2)
    scales = partial(Discriminators, channels=4, scales=(512, 128))
    monkeypatch.setattr(train_waveform_vae, "Discriminators", scales)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    t = np.arange(3 * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 1320 * t)
    soundfile.write(folder / "song.wav", np.stack([tone, 0.7 * tone]).T, RATE)
    return folder


def trained(songs, out, steps=STEPS):
    torch.manual_seed(0)
    return train_waveform_vae.train(TINY, songs, out, steps * 1.2 * TICK / 60, batch=2)


def metrics(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_losses_fall_and_the_run_resumes(small, songs, tmp_path):
    vae = trained(songs, tmp_path)
    rows = metrics(tmp_path)
    assert rows[0].keys() > {"time", "mel", "adversarial", "feature", "critic", "kl", "sigma"}
    assert rows[-1]["mel"] < 0.9 * rows[0]["mel"]
    assert all(np.isfinite(list(row.values())).all() for row in rows)
    assert not vae.training
    before = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert before.keys() > {"vae", "ema", "critics", "vae_optimizer", "critic_optimizer"}
    averaged = before["ema"]["values"]["to_latents.weight"]
    assert torch.equal(vae.to_latents.weight, averaged)
    assert not torch.equal(averaged, before["vae"]["to_latents.weight"])

    trained(songs, tmp_path, steps=STEPS + 5)
    after = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert after["step"] > before["step"] and after["ema"]["updates"] == after["step"]
    assert [row["step"] for row in metrics(tmp_path)] == sorted(row["step"] for row in metrics(tmp_path))


def test_one_step_moves_vae_and_critics(small):
    trainee = train_waveform_vae.new_trainee(TINY, torch.device("cpu"))
    parts = (trainee.vae, trainee.critics)
    before = [[parameter.clone() for parameter in part.parameters()] for part in parts]
    losses = train_waveform_vae.learn(trainee, 0.1 * torch.randn(2, 1, 2560), step=500)
    assert all(not value.requires_grad for value in losses.values())
    for part, old in zip(parts, before, strict=True):
        assert all(not torch.equal(*pair) for pair in zip(part.parameters(), old, strict=True))


def test_critics_are_heeded_little_by_little():
    weights = [train_waveform_vae.weights_at(step) for step in (0, train_waveform_vae.CRITIC_RAMP // 2, 10**6)]
    assert [row["adversarial"] for row in weights] == [0, 2, 4] and [row["feature"] for row in weights] == [0, 2, 4]
    assert all(row["mel"] == 2 and row["time"] == 0.1 for row in weights)


def test_an_empty_folder_is_said_to_be_empty(small, tmp_path):
    with pytest.raises(CalmError, match="No WAV files"):
        trained(tmp_path, tmp_path / "out")


def test_resampling_keeps_a_tone_and_drops_what_does_not_fit():
    t = torch.arange(4800, dtype=torch.float64) / RATE
    tone = torch.sin(2 * torch.pi * 1000 * t)[None, None]
    high = torch.sin(2 * torch.pi * 20_000 * t)[None, None]
    out = train_waveform_vae.at_rate(tone + high, RATE, 32_000)
    assert torch.allclose(out, torch.sin(2 * torch.pi * 1000 * torch.arange(3200, dtype=torch.float64) / 32_000))


def test_critics_learn_to_tell_tones_from_noise():
    torch.manual_seed(0)
    critics = Discriminators(channels=4, scales=(256, 128))
    optimizer = torch.optim.Adam(critics.parameters(), 0.01)
    real = torch.sin(torch.arange(2000) * torch.linspace(0.1, 1, 4)[:, None])[:, None]
    for _ in range(30):
        loss = critic_loss(critics(real), critics(torch.randn_like(real)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert critic_loss(critics(real), critics(torch.randn_like(real))) < 0.5
    assert adversarial_loss(critics(torch.randn_like(real))) > adversarial_loss(critics(real)) + 1


def test_critics_hear_at_every_scale():
    sound = torch.randn(2, 1, 4000)
    judged = Discriminators(channels=2)(sound)
    assert len(judged) == len(SCALES) == 5
    for window, (verdict, features) in zip(SCALES, judged, strict=True):
        assert verdict.shape[:3] == (2, 1, 1 + 4000 // (window // 4)) and len(features) == 5


def test_hinge_losses_by_hand():
    real, fake = [(torch.tensor([2.0, 0.5]), [])], [(torch.tensor([-2.0, 0.0]), [])]
    assert critic_loss(real, fake).item() == pytest.approx(0.25 + 0.5)
    assert adversarial_loss(fake).item() == pytest.approx((3 + 1) / 2)


def test_feature_loss_is_relative_and_leaves_the_real_alone():
    real, fake = torch.tensor([1.0, -3.0], requires_grad=True), torch.tensor([2.0, -3.0], requires_grad=True)
    loss = feature_loss([(real, [real])], [(fake, [fake])])
    assert loss.item() == pytest.approx(0.5 / 2)
    loss.backward()
    assert real.grad is None and fake.grad.abs().sum() > 0


def test_mel_loss_is_nothing_for_the_same_and_hears_gain_and_silence():
    torch.manual_seed(0)
    loss, sound = MelLoss(32_000), 0.1 * torch.randn(2, 1, 4000)
    assert loss(sound, sound) == 0
    assert loss(0.5 * sound, sound) == pytest.approx(0.69, abs=0.1)
    assert torch.isfinite(loss(torch.zeros_like(sound), sound))


def test_each_loss_gets_its_weights_share_of_the_gradient():
    decoded = torch.randn(2, 1, 100, requires_grad=True)
    towards = torch.randn(2, 1, 100)
    losses = {"strong": 1000 * (decoded * towards).sum(), "weak": 0.001 * (decoded * towards.flip(-1)).sum()}
    gradient = balanced_gradient(losses, {"strong": 1.0, "weak": 3.0}, decoded)
    lengths = towards.flatten(1).norm(dim=1).mean()
    assert torch.allclose(gradient, (0.25 * towards + 0.75 * towards.flip(-1)) / lengths / 2, atol=1e-5)


def test_kl_is_nothing_only_for_the_unit_gaussian():
    zero = torch.zeros(2, 5, 3)
    assert kl_to_unit_gaussian(zero, zero) == 0
    assert kl_to_unit_gaussian(zero + 1, zero).item() == pytest.approx(0.5)
    assert kl_to_unit_gaussian(zero, zero - 2) > 0
