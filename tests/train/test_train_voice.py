"""The decoder learns by its sound alone what it can, nothing else moves, and the run resumes."""

import itertools
import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engine.train import critics as train_critics
from engine.train import run, train_voice
from engine.train.discriminators import Discriminators
from engine.train.run import load_averaged
from engine.train.train_voice import WEIGHTS, main, train
from engine.weights import random_model

TICK = 0.02  # seconds that a step takes by the clock below


@pytest.fixture
def vae():
    return random_model("tiny").vae.requires_grad_(False)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Crops, critics and clock of a size for a test."""
    ticks = itertools.count(step=TICK)
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    monkeypatch.setattr(train_voice, "CROP_FRAMES", 8)
    monkeypatch.setattr(train_voice, "BATCH", 2)
    monkeypatch.setattr(train_critics, "Discriminators", partial(Discriminators, channels=4, scales=(512, 128)))


def rows_of(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(("critics", "steps"), [(False, 24), (True, 24)])
def test_losses_fall_and_the_run_resumes(vae, songs, tmp_path, critics, steps):
    before = {name: value.clone() for name, value in vae.state_dict().items()}
    seconds = steps * 1.2 * TICK
    torch.manual_seed(0)
    train(vae, [songs], tmp_path, seconds / 60, critics)
    rows = rows_of(tmp_path)
    first, last = (sum(WEIGHTS[name] * row[name] for name in WEIGHTS) for row in (rows[0], rows[-1]))
    assert last < 0.97 * first
    assert ("critic" in rows[0]) == critics
    assert all(np.isfinite(list(row.values())).all() for row in rows)
    moved = {name for name, value in vae.state_dict().items() if not torch.equal(value, before[name])}
    assert moved and all(name.startswith("decoder.") for name in moved)
    train(vae, [songs], tmp_path, 2 * seconds / 60, critics)
    assert rows_of(tmp_path)[len(rows)]["step"] > rows[-1]["step"]


def test_a_run_is_read_back_as_that_of_the_stage_before(vae, songs, tmp_path):
    trained = train(vae, [songs], tmp_path, 6 * TICK / 60, critics=False)
    again = load_averaged(random_model("tiny").vae, tmp_path, "vae")
    assert all(torch.equal(a, b) for a, b in zip(trained.parameters(), again.parameters(), strict=True))


def test_the_command_takes_several_folders(vae, songs, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(train_voice, "load_vae", lambda folder, preset: vae)
    monkeypatch.setattr(train_voice, "train", lambda *arguments: asked.append(arguments))
    main([str(songs), str(songs), "model", str(tmp_path), "--minutes", "3", "--critics"])
    assert asked == [(vae, [songs, songs], tmp_path, 3, True)]
