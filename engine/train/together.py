"""Training in more than one process, as torchrun starts them: each learns from its own crops, gradients are averaged.

    OMP_NUM_THREADS=1 python -m torch.distributed.run --nproc_per_node 2 -m -- engine.train.train_calm ...

Two processes of one thread each hold up on two cores where one process of two threads does not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from engine.train.sharding import sharded

SEEDS_APART = 1_000_003  # between the crops of two processes


@contextmanager
def together() -> Iterator[int]:
    """Be one of the processes that torchrun has started, with the rank this yields; 0 where it has not."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        yield 0
        return
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    torch.manual_seed(dist.get_rank())  # or all would draw the same noise
    try:
        yield dist.get_rank()
        dist.barrier()  # one that ends while another still talks to it is taken for a crash
    finally:
        dist.destroy_process_group()


def place() -> torch.device:
    """Where this process trains: on a CUDA device of its own where there is one, else on the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


def shared(module: nn.Module, shard: bool = False) -> nn.Module:
    """What is to be called in place of the module, so that all processes train one: alone, the module itself. Each
    holds all of it, begun with the first one's parameters; or, to ``shard``, its part."""
    if not dist.is_initialized():
        return module
    return sharded(module) if shard else DistributedDataParallel(module)


def is_first() -> bool:
    """Whether this process is the one that keeps the run."""
    return not dist.is_initialized() or dist.get_rank() == 0


def agreed(number: float) -> float:
    """The first process's number: clocks differ, and all must stop after the same step."""
    if not dist.is_initialized():
        return number
    told = torch.tensor(number, dtype=torch.float64)
    dist.broadcast(told, src=0)
    return float(told)
