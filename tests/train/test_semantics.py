"""The notes that latents must tell: in the frames in which the encoder hears them, and learned by the encoder too."""

import json

import numpy as np
import pytest
import soundfile
import torch
from torch import nn

from engine.config import PRESETS
from engine.model.vae import SpectralVAE
from engine.train import train_vae
from engine.train.audio_crops import AudioCrops
from engine.train.semantics import KEYS, LOWEST, TARGETS, Piano, crop_targets, note_targets, song_targets

CONFIG = PRESETS["tiny"].vae
RATE, FRAME = CONFIG.sample_rate, 1 / CONFIG.frame_rate
A4 = 69 - LOWEST
PITCHED, DRUMS = KEYS, KEYS + 1


def targets(start, duration, pitch=69, drum=False, frames=10):
    return note_targets(np.array([[start, duration, pitch]]), np.array([drum]), frames, CONFIG)


def write_song(folder, notes):
    """A song of 4 s in which A4 sounds as its score says."""
    t = np.arange(4 * RATE) / RATE
    sound = sum(((t >= s) & (t < s + d)) * np.sin(2 * np.pi * 440 * t) * 0.3 for s, d in notes)
    soundfile.write(folder / "000000.wav", np.stack([sound, sound]).T, RATE, "PCM_16")
    labels = {"instruments": [{"channel": 0}], "notes": [[0, s, d, 69, 90] for s, d in notes]}
    (folder / "000000.json").write_text(json.dumps(labels))
    return folder / "000000.wav"


def test_a_note_sounds_from_its_first_frame_to_its_last():
    told = targets(3.2 * FRAME, 2 * FRAME)
    assert told.shape == (10, TARGETS)
    assert np.flatnonzero(told[:, A4]).tolist() == [3, 4]
    assert np.flatnonzero(told[:, PITCHED]).tolist() == [3]
    assert told.sum() == 3


def test_drums_and_what_no_piano_has_are_heard_only_as_onsets():
    assert np.argwhere(targets(3 * FRAME, FRAME, pitch=38, drum=True)).tolist() == [[3, DRUMS]]
    assert np.argwhere(targets(3 * FRAME, FRAME, pitch=LOWEST + KEYS)).tolist() == [[3, PITCHED]]


def test_a_note_begun_before_sounds_on_and_one_beyond_is_not_told():
    assert np.argwhere(targets(-2 * FRAME, 4 * FRAME)).tolist() == [[0, A4], [1, A4]]
    assert not targets(-3 * FRAME, FRAME).any() and not targets(11 * FRAME, FRAME).any()


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8])
def test_a_note_is_told_in_the_frame_in_which_the_encoder_hears_most_of_its_attack(share):
    start = (20 + share) * FRAME
    t = np.arange(40 * CONFIG.frame_size) / RATE
    tone = torch.from_numpy((t >= start) * np.sin(2 * np.pi * 440 * t)).float()
    vae = SpectralVAE(CONFIG)
    levels = train_vae.batch_levels(vae, torch.stack([tone, tone])[None])[0, :, : vae.spectrum.bands]
    (told,) = np.flatnonzero(targets(start, FRAME, frames=40)[:, PITCHED])
    power = (10 ** (levels.amax(-1) / 10)).view(40, -1).mean(1)
    assert power[told - 1] < 0.1 * power[-1]  # not yet
    assert power[told + 1] > 0.9 * power[-1]  # to the full


def test_crops_are_told_what_they_hold(tmp_path):
    song = write_song(tmp_path, [(0.5, 0.4), (1.5, 0.2), (2.5, 0.9)])
    frames = 32
    audio, places = AudioCrops(tmp_path, frames * CONFIG.frame_size, seed=1).placed_batch(8)
    told = crop_targets(places, frames, CONFIG)
    assert told.shape == (8, frames, TARGETS) and len({place.start for place in places}) > 4
    for crop, notes, place in zip(audio, told, places, strict=True):
        late = (CONFIG.fft_size - CONFIG.hop) // 2
        heard = torch.cat([crop.new_zeros(late), crop.abs().mean(0)])[: frames * CONFIG.frame_size]
        loud = heard.view(frames, -1).mean(1) > 1e-3 * heard.max()
        assert (loud != notes[:, A4].bool()).sum() <= 4, place  # a frame at each border is in doubt
    whole = song_targets(song, 100, CONFIG)
    assert whole[:, PITCHED].sum() == 3


def test_crops_are_the_same_with_and_without_their_places(tmp_path):
    write_song(tmp_path, [(0.5, 3.0)])
    plain, placed = (AudioCrops(tmp_path, 20_000, seed=3) for _ in range(2))
    assert torch.equal(plain.batch(4), placed.placed_batch(4)[0])


def test_what_the_notes_teach_reaches_the_encoder_and_is_learned(tmp_path, monkeypatch):
    write_song(tmp_path, [(0.3, 0.4), (1.2, 0.5), (2.4, 0.7)])
    monkeypatch.setattr(train_vae, "BATCH", 4)
    torch.manual_seed(0)
    learners = nn.ModuleDict({"vae": SpectralVAE(CONFIG), "piano": Piano(CONFIG.latent_dim)})
    crops = AudioCrops(tmp_path, train_vae.CROP_FRAMES * CONFIG.frame_size, seed=0)
    batch = train_vae.next_batch(learners, crops)
    _, latents = train_vae.vae_losses(learners["vae"], batch.levels)
    learners["piano"].loss(latents, batch.notes).backward()
    assert learners["vae"].encoder["out"].weight.grad.abs().max() > 0
    assert learners["vae"].decoder["out"].weight.grad is None
    optimizer = torch.optim.AdamW(learners.parameters(), lr=5e-3)
    losses = [train_vae.learn(learners, batch, optimizer, 0.0, semantics=1.0)["notes"] for _ in range(60)]
    assert losses[-1] < 0.5 * losses[0]


def test_the_piano_stays_in_the_run(tmp_path, monkeypatch):
    write_song(tmp_path, [(0.5, 3.0)])
    monkeypatch.setattr(train_vae, "PCA_CROPS", 16)
    monkeypatch.setattr(train_vae, "BATCH", 2)
    taught = train_vae.train(tmp_path, tmp_path / "run", 0.001, "tiny", semantics=0.3)
    assert taught.state_dict().keys() == SpectralVAE(CONFIG).state_dict().keys()
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["vae"].keys() == taught.state_dict().keys()
    assert saved["piano"]["weight"].shape == (TARGETS, CONFIG.latent_dim)
