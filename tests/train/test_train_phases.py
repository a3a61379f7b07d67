"""The head that refines phases: fresh it changes nothing, it looks no further ahead than the decoder, and it learns."""

import itertools
import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engine.errors import CalmError
from engine.train import critics as train_critics
from engine.train import run, train_phases
from engine.train.discriminators import Discriminators
from engine.train.phase_head import PhaseHead
from engine.train.train_phases import main, read, train
from engine.train.voicing import draw, hear, voice
from engine.weights import random_model

RATE = 48_000
TICK = 0.02  # seconds that a step takes by the clock below


@pytest.fixture(scope="module")
def vae():
    return random_model("tiny").vae.requires_grad_(False)


@pytest.fixture(scope="module")
def voiced(vae, beginning):
    return voice(vae, draw(vae, hear(vae, beginning).latents))


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


@pytest.mark.parametrize(("critics", "steps"), [(False, 24), (True, 24)])
def test_losses_fall_and_the_run_resumes(small, vae, songs, tmp_path, monkeypatch, critics, steps):
    monkeypatch.setattr(train_critics, "Discriminators", partial(Discriminators, channels=4, scales=(512, 128)))
    seconds = steps * 1.2 * TICK
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
