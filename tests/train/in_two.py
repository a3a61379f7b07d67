"""What each of two processes of `test_together` does: one backward pass on data of its own."""

import sys
from pathlib import Path

import torch

from engine.train.together import agreed, is_first, shared, together

with together() as rank:
    module = torch.nn.Linear(2, 1, bias=False)  # drawn from each process's own seed
    learner = shared(module)
    learner(torch.full((1, 2), float(rank + 1))).sum().backward()
    told = {"weight": module.weight.detach(), "gradient": module.weight.grad, "first": is_first()}
    torch.save(told | {"agreed": agreed(10.0 + rank)}, Path(sys.argv[1]) / f"{rank}.pt")
