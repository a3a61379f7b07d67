"""Arithmetic of the forward passes in training: bfloat16 where the device multiplies in it, else float32."""

from __future__ import annotations

import torch


def mixed(device: str = "cpu") -> torch.autocast:
    """Autocast to bfloat16 for a block; it does nothing on a CPU that would have to imitate it: 2,048 frames of a CALM
    of 7.6 M parameters took 65 s of processor time there, and 512 in float32 1.5."""
    return torch.autocast(device, torch.bfloat16, enabled=device != "cpu" or has_bfloat16())


def has_bfloat16() -> bool:
    """Whether the CPU multiplies matrices in bfloat16 by itself; pinned torch has no public word for it. What oneDNN
    calls supported it may only imitate: on a CPU with AVX-512 but without its bfloat16 that took 4 times as long as
    float32 for one product, and 6 times for a step of training."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
