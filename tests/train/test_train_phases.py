"""The head that refines phases: fresh it changes nothing, it looks no further ahead than the decoder, and it learns."""

import itertools
import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch

from engine.errors import CalmError
from engine.train import run, train_phases
from engine.train.discriminators import Discriminators
from engine.train.judge_sound import FLOOR, FLOOR_WINDOW, MEL_BANDS, mel_error
from engine.train.phase_head import PhaseHead, overlap_added, voice
from engine.train.train_phases import AMPLITUDE_WEIGHT, DECIBEL_WEIGHT, MelError, main, read, train
from engine.weights import random_model

RATE = 48_000
STEPS, TICK = 24, 0.02  # and seconds that a step takes by the clock below


@pytest.fixture(scope="module")
def vae():
    return random_model("tiny").vae.requires_grad_(False)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    t = np.arange(3 * RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 1320 * t)
    noise = 0.1 * np.random.default_rng(0).standard_normal(len(t)) * np.exp(-(t % 0.25) * 30)
    soundfile.write(folder / "song.wav", np.stack([tone + noise, 0.7 * tone]).T, RATE)
    return folder


@pytest.fixture(scope="module")
def audio(vae, songs):
    samples, _ = soundfile.read(songs / "song.wav", frames=20 * vae.config.frame_size, dtype="float32")
    return torch.from_numpy(samples.T[None].copy())


@pytest.fixture(scope="module")
def voiced(vae, audio):
    return voice(vae, audio)


@pytest.fixture
def small(monkeypatch):
    """Crops and clock of a size for a test."""
    ticks = itertools.count(step=TICK)
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    monkeypatch.setattr(train_phases, "CROP_FRAMES", 8)
    monkeypatch.setattr(train_phases, "BATCH", 2)


def some_head(vae) -> PhaseHead:
    torch.manual_seed(0)
    head = PhaseHead(vae.config.hop, vae.config.fft_size)
    torch.nn.init.normal_(head.layers[-1].weight, std=0.1)
    return head.requires_grad_(False)


def test_fresh_it_changes_nothing(vae, voiced):
    same = PhaseHead(vae.config.hop, vae.config.fft_size)(voiced)
    assert torch.equal(same.phases, voiced.phases) and torch.equal(same.magnitudes, voiced.magnitudes)


def test_it_hears_no_more_of_what_comes_than_the_next_hop_s_levels(vae, voiced):
    head, count = some_head(vae), 20
    curves, phases = voiced.curves.clone(), voiced.phases.clone()
    curves[:, count + 1 :] += 10
    phases[:, count:] += 1
    before, after = head(voiced), head(voiced._replace(curves=curves, phases=phases))
    assert torch.allclose(before.magnitudes[:, :, :count], after.magnitudes[:, :, :count])
    assert torch.allclose(before.phases[:, :count], after.phases[:, :count])
    assert not torch.allclose(before.phases[:, count] + 1, after.phases[:, count])


def test_overlap_added_is_what_the_decoder_adds(vae, voiced):
    audio, _ = vae.spectrum.inverse(voiced.spectra(), vae.initial_decoder_state().tail)
    made = overlap_added(vae, voiced.spectra())
    assert torch.allclose(made, audio[..., vae.spectrum.overlap :], atol=1e-5 * audio.abs().max())


def test_what_is_voiced_is_what_the_decoder_says(vae, audio, voiced):
    latents, _ = vae.encode(audio, vae.initial_encoder_state())
    said, _ = vae.decode(latents, vae.initial_decoder_state())
    made, count = overlap_added(vae, voiced.spectra()), said.shape[-1] - vae.delay
    assert torch.allclose(made[..., :count], said[..., vae.delay :], atol=1e-4 * float(said.abs().max()))


def test_the_error_is_that_of_the_judge():
    generator = torch.Generator().manual_seed(0)
    source = 0.1 * torch.randn(1, 2, RATE // 4, generator=generator)
    decoded = source * torch.tensor([1.0, 0.5])[:, None]
    judged = sum(mel_error(source[0].numpy(), decoded[0].numpy(), RATE, window) for window in MEL_BANDS)
    error = MelError(RATE)
    assert error(source, source) == 0
    amplitudes = 0.0
    for window in MEL_BANDS:
        powers = [
            error._power(sound, window).clamp(min=FLOOR * FLOOR_WINDOW / window).sqrt() for sound in (decoded, source)
        ]
        amplitudes += float((powers[0] - powers[1]).abs().mean() / powers[1].mean())
    assert float(error(decoded, source)) == pytest.approx(
        DECIBEL_WEIGHT * judged + AMPLITUDE_WEIGHT * amplitudes, rel=0.05
    )


@pytest.mark.parametrize("critics", [False, True])
def test_losses_fall_and_the_run_resumes(small, vae, songs, tmp_path, monkeypatch, critics):
    monkeypatch.setattr(train_phases, "Discriminators", partial(Discriminators, channels=4, scales=(512, 128)))
    seconds = STEPS * 1.2 * TICK
    torch.manual_seed(0)
    head = train(vae, [songs], tmp_path, seconds / 60, critics)
    rows = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert rows[-1]["mel"] < 0.97 * rows[0]["mel"]
    assert ("critic" in rows[0]) == critics
    assert all(np.isfinite(list(row.values())).all() for row in rows)
    train(vae, [songs], tmp_path, 2 * seconds / 60, critics)
    more = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert more[len(rows)]["step"] > rows[-1]["step"]
    assert not head.training


def test_a_run_is_read_back(small, vae, songs, tmp_path):
    head = train(vae, [songs], tmp_path, 6 * TICK / 60, critics=False)
    again = read(tmp_path, vae)
    assert all(torch.equal(a, b) for a, b in zip(head.parameters(), again.parameters(), strict=True))


def test_a_folder_without_a_head_is_told(vae, tmp_path):
    with pytest.raises(CalmError, match="no head"):
        read(tmp_path, vae)


def test_the_command_takes_several_folders(small, vae, songs, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(train_phases, "load_vae", lambda folder, preset: vae)
    monkeypatch.setattr(train_phases, "train", lambda *arguments: asked.append(arguments))
    main([str(songs), str(songs), "model", str(tmp_path), "--minutes", "3", "--critics"])
    ((_, data, out, minutes, critics),) = asked
    assert (data, out, minutes, critics) == ([songs, songs], tmp_path, 3, True)
