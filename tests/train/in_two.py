"""What each of two processes of `test_together` does."""

import sys
from pathlib import Path

import torch
from torch.distributed.fsdp import FSDPModule

from engine.config import PAPER
from engine.model.calm import Calm
from engine.train.sharding import sharded
from engine.train.together import agreed, is_first, shared, together


def one_step(rank: int) -> dict:
    """One backward pass on data of its own."""
    module = torch.nn.Linear(2, 1, bias=False)  # drawn from each process's own seed
    learner = shared(module)
    learner(torch.full((1, 2), float(rank + 1))).sum().backward()
    told = {"weight": module.weight.detach(), "gradient": module.weight.grad, "first": is_first()}
    return told | {"agreed": agreed(10.0 + rank)}


def plan(rank: int) -> dict:
    """What it would hold of the paper's model, which lies on no device."""
    with torch.device("meta"):
        calm = sharded(Calm(PAPER))
    own, everything = (sum(map(count, calm.parameters())) for count in (lambda p: p.to_local().numel(), torch.numel))
    return {"own": own, "all": everything, "units": sum(isinstance(each, FSDPModule) for each in calm.modules())}


with together() as rank:
    told = plan(rank) if sys.argv[2:] == ["plan"] else one_step(rank)
    torch.save(told, Path(sys.argv[1]) / f"{rank}.pt")
