"""What is exported: samples, what is known about them, and the part of them that is asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.errors import CalmError
from engine.export.settings import Part
from engine.metadata.values import Metadata, cropped


@dataclass(frozen=True, eq=False)
class Piece:
    """Float32 (1 or 2, N) `samples`, full scale +-1, whose rate, cut and loop stand in `metadata`.

    Raises ValueError if `metadata` is of another length or number of channels.
    """

    samples: np.ndarray
    metadata: Metadata

    def __post_init__(self):
        described = (self.metadata.channels, self.metadata.frames)
        if self.samples.shape != described:
            raise ValueError(f"samples of shape {self.samples.shape} come with metadata of {described}")

    def cut_out(self, part: Part) -> Piece:
        """Only `part` of it. Raises CalmError if there is no such part."""
        start, stop = self._span(part)
        if (start, stop) == (0, self.metadata.frames):
            return self
        return Piece(self.samples[:, start:stop], cropped(self.metadata, start, stop))

    def _span(self, part: Part) -> tuple[int, int]:
        """First sample and the one after the last."""
        about = self.metadata
        if part == "whole":
            return 0, about.frames
        if part == "continuation":
            if about.cut is None or about.cut >= about.frames:
                raise CalmError("There is no continuation to export", "Press Continue first, or export the whole")
            return about.cut, about.frames
        if part == "loop":
            if about.loop is None or not 0 <= about.loop[0] < about.loop[1] <= about.frames:
                raise CalmError("There is no loop to export", "Set a loop first, or export the whole")
            return about.loop
        return self._selection(*part)

    def _selection(self, first: float, last: float) -> tuple[int, int]:
        rate, frames = self.metadata.rate, self.metadata.frames
        start, stop = (round(second * rate) if math.isfinite(second) else -1 for second in (first, last))
        if not 0 <= start < stop <= frames:
            raise CalmError(
                f"The selection from {first:g} to {last:g} s is empty or reaches outside the sound",
                f"Choose a start and a stop between 0 and {frames / rate:.2f} seconds",
            )
        return start, stop
