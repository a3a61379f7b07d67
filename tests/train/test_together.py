"""Two processes that train together stay one model."""

import json
import subprocess
import sys
from pathlib import Path

import torch

from engine.train.run import load_calm
from engine.train.together import agreed, is_first, shared, together

IN_TWO = Path(__file__).with_name("in_two.py")


def in_two(*command):
    """Run a command as torchrun does, in two processes."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run([*launcher, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


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


def test_two_processes_train_one_calm_that_is_dealt_out_and_go_on_with_it(latents, tmp_path):
    out, left, minutes = tmp_path / "run", [], 0.03
    for _ in range(2):
        arguments = [latents, out, "--heldout", latents, "--minutes", minutes, "--preset", "tiny", "--shard"]
        in_two("-m", "--", "engine.train.train_calm", *arguments)
        left.append(torch.load(out / "checkpoint.pt", weights_only=True))
        minutes += left[-1]["elapsed"] / 60  # on a busy computer a single step may take more than was asked for
    first, second = left
    assert 0 < first["step"] < second["step"]
    assert second["others"]["state"][0]["step"] == second["step"], "the optimizer went on too"
    assert load_calm(out, "tiny").backbone.embed.weight.shape == (32, 8)


def test_the_paper_s_model_is_dealt_out_evenly(tmp_path):
    in_two(IN_TWO, tmp_path, "plan")
    shares = [torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1)]
    assert shares[0]["all"] == shares[1]["all"] > 2e9
    assert sum(share["own"] for share in shares) == shares[0]["all"]
    assert max(share["own"] for share in shares) < 0.51 * shares[0]["all"]
    assert shares[0]["units"] == 48 + 4 + 2 * 12 + 1, "every layer, every block of both heads, and what is left"


def test_alone_nothing_is_shared():
    module = torch.nn.Linear(2, 1)
    with together() as rank:
        assert rank == 0 and is_first() and agreed(3.0) == 3.0
        assert shared(module) is module
