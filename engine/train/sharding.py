"""FSDP2: a model that no one device holds, dealt out over the processes that torchrun has started.

Each process keeps its share of every parameter, of its gradient and of its optimizer's state, and has a layer whole
only while it is that layer's turn (Zhao et al., 2023; `torch.distributed.fsdp.fully_shard`). Checkpoints hold whole
tensors.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from engine.model.head import Block
from engine.model.transformer import Layer


def sharded(module: nn.Module) -> nn.Module:
    """The module itself, its parameters shares from now on. On the meta device too, to see what each process would
    hold."""
    for part in module.modules():
        if isinstance(part, Layer | Block):
            fully_shard(part)
    return fully_shard(module)


def whole(state: Any) -> Any:
    """A part's nested state with its shares gathered: all processes must ask for it together."""
    if isinstance(state, DTensor):
        return state.full_tensor()
    if isinstance(state, dict):
        return {name: whole(each) for name, each in state.items()}
    return [whole(each) for each in state] if isinstance(state, list) else state


def give_back(part: Any, state: dict) -> None:
    """Load a whole ``state`` into a module, optimizer or average, whose own may be shares."""
    if not isinstance(part, torch.optim.Optimizer):
        part.load_state_dict(_dealt(state, part.state_dict()))
        return
    part.load_state_dict(state)
    for parameter, known in part.state.items():
        part.state[parameter] = {name: _share(each, parameter) for name, each in known.items()}


def _dealt(state: Any, like: Any) -> Any:
    if isinstance(like, dict):
        return {name: _dealt(each, like.get(name)) for name, each in state.items()}
    return _share(state, like)


def _share(value: Any, like: Any) -> Any:
    """The share of a tensor that this process has of one ``like`` it; what is not dealt out stays."""
    if isinstance(like, DTensor) and isinstance(value, torch.Tensor) and value.shape == like.shape:
        return distribute_tensor(value.to(like.device), like.device_mesh, like.placements)
    return value
