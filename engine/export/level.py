"""How loud the sound is before it is written, and the one gain that is applied to it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.errors import CalmError
from engine.export.settings import PEAK_CEILING
from engine.loudness import Meter
from engine.metadata import Loudness


@dataclass(frozen=True)
class Level:
    """What one pass over the sound finds: samples of a channel, values beyond full scale, and the loudness."""

    frames: int
    over: int
    loudness: Loudness


def measured(blocks: Iterable[np.ndarray], rate: int, channels: int) -> Level:
    """Listen to float32 (channels, n) `blocks` at `rate` Hz. Raises CalmError if they hold nothing: one sample may
    become none at a lower rate."""
    meter, frames, over = Meter(rate, channels), 0, 0
    for block in blocks:
        meter.add(block)
        frames += block.shape[1]
        over += int(np.count_nonzero(np.abs(block) > 1))
    if not frames:
        raise CalmError("There is no sound to save", "Choose a longer part")
    return Level(frames, over, meter.finish())


def gain_for(loudness: Loudness, target: int | None) -> float:
    """The gain in dB that brings the sound to `target` LUFS, or as near as its true peak stays below the ceiling.

    Raises CalmError for sound that has no loudness: silence, or less than 0.4 s.
    """
    if target is None:
        return 0.0
    if math.isinf(loudness.integrated):
        raise CalmError(
            "The loudness of silence, or of less than 0.4 seconds, cannot be set", "Export without a loudness target"
        )
    return min(target - loudness.integrated, PEAK_CEILING - loudness.true_peak)


def louder(loudness: Loudness, gain: float) -> Loudness:
    """The loudness of the same sound after `gain` in dB; all but its spread moves with it."""
    return replace(
        loudness,
        integrated=loudness.integrated + gain,
        momentary=loudness.momentary + gain,
        short_term=loudness.short_term + gain,
        true_peak=loudness.true_peak + gain,
    )


def amplified(blocks: Iterable[np.ndarray], gain: float) -> Iterator[np.ndarray]:
    """`blocks` after `gain` in dB. At 0 dB each is the same bits: the factor is exactly 1."""
    factor = np.float32(10 ** (gain / 20))
    return (block * factor for block in blocks)
