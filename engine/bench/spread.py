"""Many measured times as a few figures."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.moment import Frame

PARTS = ("backbone", "head", "decoder")


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least ``share`` of all do not pass (nearest rank)."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Mean, median, 95th percentile and maximum, in the unit of the values, to two decimals."""
    return {
        "mean": round(statistics.fmean(values), 2),
        "p50": round(statistics.median(values), 2),
        "p95": round(quantile(values, 0.95), 2),
        "max": round(max(values), 2),
    }


def frame_statistics(frames: Sequence[Frame]) -> dict[str, float]:
    """Milliseconds of work per frame: `spread` of the whole, and the means of its parts."""
    parts = {part: [1000 * getattr(frame, part) for frame in frames] for part in PARTS}
    whole = spread([sum(times) for times in zip(*parts.values(), strict=True)])
    return whole | {part: round(statistics.fmean(times), 2) for part, times in parts.items()}
