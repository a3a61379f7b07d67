"""Two processes that train together stay one model."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.train.together import agreed, is_first, shared, together

IN_TWO = Path(__file__).with_name("in_two.py")


def in_two(*command):
    """Run a command as torchrun does, in two processes."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run([*launcher, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def latents(tmp_path):
    folder = tmp_path / "latents"
    folder.mkdir()
    score = {"seed": 1, "tempo": 120.0, "beats_per_bar": 4, "tonic": 0, "mode": "major", "chords": []}
    np.save(folder / "000001.npy", np.random.default_rng(0).standard_normal((600, 8)).astype(np.float16))
    (folder / "000001.json").write_text(json.dumps(score | {"style": "folk", "instruments": []}))
    return folder


def test_parameters_are_the_first_ones_and_gradients_the_mean(tmp_path):
    in_two(IN_TWO, tmp_path)
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    assert torch.equal(first["weight"], second["weight"])
    assert first["gradient"].tolist() == second["gradient"].tolist() == [[1.5, 1.5]]
    assert (first["first"], second["first"]) == (True, False)
    assert first["agreed"] == second["agreed"] == 10.0


def test_two_processes_train_one_calm(latents, tmp_path):
    out = tmp_path / "run"
    arguments = [latents, out, "--heldout", latents, "--minutes", "0.03", "--preset", "tiny"]
    in_two("-m", "--", "engine.train.train_calm", *arguments)
    steps = [json.loads(line)["step"] for line in (out / "metrics.jsonl").read_text().splitlines()]
    assert steps[0] == 0 and len(set(steps)) == len(steps)  # the second process keeps no book
    assert torch.load(out / "checkpoint.pt", weights_only=True)["step"] > 0


def test_alone_nothing_is_shared():
    module = torch.nn.Linear(2, 1)
    with together() as rank:
        assert rank == 0 and is_first() and agreed(3.0) == 3.0
        assert shared(module) is module
