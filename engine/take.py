"""A take: the untouched prompt and, after the cut, the continuation as it is written.

Threads: one writer calls `append` and sets `state`; the player alone sets `playhead`. Any thread may read everything
before `written` at any time: those samples never change again, and `written` is assigned after they are in place.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from engine.audio import Audio
from engine.controls import ControlHistory
from engine.peaks import PeakPyramid
from engine.request import Request

TakeState = Literal["writing", "finished", "stopped", "failed"]


class Take:
    """Room for the prompt and all of the continuation at the prompt's own rate, filled from left to right.

    `samples` is float32 (2, capacity); the first `written` are valid, the first `cut` are the prompt's, bit for bit.
    `seed` is the one it is drawn with: the request's, or that of the best of its tries once that is known.
    `playhead` is the sample now heard while a player sounds this take, else None.
    """

    def __init__(self, request: Request, take_id: int):
        head = request.prompt.samples
        self.request = request
        self.id = take_id
        self.seed = request.seed
        self.rate = request.prompt.audio.rate
        self.cut = head.shape[1]
        self.samples = np.zeros((2, self.cut + round(request.seconds * self.rate)), np.float32)
        self.peaks = PeakPyramid(2)
        self.history = ControlHistory()
        self.playhead: int | None = None
        self.state: TakeState = "writing"
        self.written = 0
        self.append(head)

    def append(self, samples: np.ndarray) -> None:
        """Add float32 (2, n) at `rate`; what does not fit any more is left out. Raises ValueError for another shape."""
        if samples.ndim != 2 or samples.shape[0] != 2:
            raise ValueError(f"a take is written in (2, n) blocks, not {samples.shape}")
        stop = min(self.written + samples.shape[1], self.samples.shape[1])
        fresh = self.samples[:, self.written : stop]
        fresh[:] = samples[:, : fresh.shape[1]]
        self.peaks.append(fresh)
        self.written = stop

    @property
    def full(self) -> bool:
        """Whether every requested sample is written."""
        return self.written == self.samples.shape[1]

    @property
    def audio(self) -> Audio:
        """The part written so far (a view, not a copy)."""
        return Audio(self.samples[:, : self.written], self.rate)
