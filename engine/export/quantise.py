"""From float samples to the whole numbers of 16 and 24 bits."""

from __future__ import annotations

import numpy as np


def dither_source() -> np.random.Generator:
    """The noise of one file's dither. Its seed is fixed: the same take gives the same file."""
    return np.random.default_rng(0)


def to_16(block: np.ndarray, dither: np.random.Generator) -> np.ndarray:
    """float32 of any shape as int16, with triangular dither of one step where a value is not a 16-bit one already.

    Two uniform numbers in [0, 1) are subtracted, which is the triangular density that makes both the mean and the
    variance of the error independent of the sound (Lipshitz, Wannamaker and Vanderkooy, JAES 40, 1992). Clips.
    """
    scaled = block * np.float32(2**15)
    triangular = dither.random(block.shape, dtype=np.float32) - dither.random(block.shape, dtype=np.float32)
    on_grid = scaled == np.rint(scaled)
    return np.clip(np.rint(np.where(on_grid, scaled, scaled + triangular)), -(2**15), 2**15 - 1).astype("<i2")


def to_24(block: np.ndarray) -> np.ndarray:
    """float32 as int32 from -2**23 to 2**23 - 1, rounded. Exact: float32 holds 24-bit integers. Clips."""
    return np.clip(np.rint(block * np.float32(2**23)), -(2**23), 2**23 - 1).astype("<i4")
