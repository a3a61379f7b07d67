"""Modules full of noise: how fast a network is does not depend on what it has learned."""

from __future__ import annotations

from collections.abc import Callable

import psutil
import torch
from torch import Tensor, nn

from engine.errors import CalmError

TILE = 1 << 20  # numbers that are drawn; the rest repeats them, as two billion would take a minute to draw


def drawn(make: Callable[[], nn.Module], device: torch.device, dtype: torch.dtype) -> nn.Module:
    """The module that ``make`` builds, with weights N(0, 0.02^2), in ``dtype`` on ``device``.

    Never needs more than its own size. CalmError, before anything is allocated, if that is not free.
    """
    with torch.device("meta"):
        module = make()
    check_memory(bytes_of(module, dtype), device)
    tile = (0.02 * torch.randn(TILE, generator=torch.Generator().manual_seed(0))).to(device, dtype)
    module.load_state_dict({name: _filled(like, tile) for name, like in module.state_dict().items()}, assign=True)
    return module.to(device).eval().requires_grad_(False)


def _filled(like: Tensor, tile: Tensor) -> Tensor:
    filled = tile.new_empty(like.numel())
    for part in filled.split(TILE):
        part.copy_(tile[: len(part)])
    return filled.view(like.shape)


def bytes_of(module: nn.Module, dtype: torch.dtype) -> int:
    """Of all that is in the module's checkpoint."""
    return sum(tensor.numel() for tensor in module.state_dict().values()) * dtype.itemsize


def check_memory(wanted: int, device: torch.device) -> None:
    """CalmError if ``wanted`` bytes are not free."""
    free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else psutil.virtual_memory().available
    if wanted > free:
        raise CalmError(
            f"This needs {wanted / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free",
            "Close other programs, or use --precision bf16 or --preset studio",
        )
