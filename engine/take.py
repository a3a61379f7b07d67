"""A take: the untouched prompt and, after the cut, the continuation as it is written.

Threads: one writer calls `append` and `rewind`, and sets `state`; the player alone sets `playhead` and `reader`. Any
thread may read what lies before `written`, which is assigned after the samples are in place. It goes back when the
writer writes anew what the player has not taken yet; what the player has taken never changes again.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.audio import Audio
from engine.brief import Brief
from engine.controls import ControlHistory
from engine.errors import CalmError
from engine.peaks import PeakPyramid
from engine.request import ALONE, Place, Request, SeedFrom
from engine.sheets import SheetHistory
from engine.trail import Trail, can_fork

if TYPE_CHECKING:
    from engine.playback import Player
    from engine.project.journal import Journal

TakeState = Literal["writing", "finished", "stopped", "failed"]


class Take:
    """Room for the prompt and all of the continuation at the prompt's own rate, filled from left to right.

    `samples` is float32 (2, capacity); the first `written` are valid, the first `cut` are the prompt's, bit for bit;
    the first `begun` were there when the take was made: the prompt, and what is another's where it is a fork.
    `seed` is the one it is drawn with: the request's, or that of the best of its tries once that is known; `forks` are
    the seeds that took over at later frames. `place` is the take's in the batch that it is written in. A take that the
    request forks off another begins as a copy of that one, its place included: its own is then that of the last fork.
    `history` holds the controls of each frame, `sheets` what it is told, frames to come included. `borders` says where
    each frame begins, and `drawn` is its latent (256 bytes in `studio`), for forks. `playhead` is the sample now heard
    while a player sounds this take, else None; `reader` is that player. `trail` keeps what a fork needs, where there is
    one; `keepers` are the journals that keep the take as it is written. `rewinds` are the frames that the writer went
    back to, of which it is done with the first `rewound`. Raises CalmError for a fork that is no longer possible.
    """

    def __init__(self, request: Request, take_id: int, place: Place = ALONE):
        head = request.prompt.samples
        self.request = request
        self.id = take_id
        self.seed = request.seed
        self.place = place
        self.forks: tuple[SeedFrom, ...] = ()
        self.rate = request.prompt.audio.rate
        self.cut = head.shape[1]
        self.samples = np.zeros((2, self.cut + round(request.seconds * self.rate)), np.float32)
        self.peaks = PeakPyramid(2, self.samples)
        self.history = ControlHistory()
        self.sheets = SheetHistory(((0, request.sheet),))
        self.borders: list[int] = []
        self.drawn: list[np.ndarray | None] = []
        self.rewinds: list[int] = []
        self.rewound = 0
        self.playhead: int | None = None
        self.reader: Player | None = None
        self.keepers: list[Journal] = []
        self.trail: Trail | None = None
        self.state: TakeState = "writing"
        self.written = 0
        self._put(head)
        if request.fork is not None:
            self._begin_as(request.fork.parent, request.fork.frame, place)
        self.begun = self.written

    def append(self, samples: np.ndarray, drawn: np.ndarray | None = None) -> None:
        """Add one frame's float32 (2, n) at `rate`, and its latent (1, dim); what does not fit any more is left out.
        Raises ValueError for another shape."""
        if samples.ndim != 2 or samples.shape[0] != 2:
            raise ValueError(f"a take is written in (2, n) blocks, not {samples.shape}")
        self.borders.append(self.written)
        self.drawn.append(drawn)
        self._put(samples)

    def rewind(self, frame: int) -> None:
        """Go back to where `frame` began, to write it anew and all that follows."""
        self.rewinds.append(frame)
        self.written = self.borders[frame]
        del self.borders[frame:], self.drawn[frame:]
        self.peaks.rewind(self.written)
        self.history.rewind(frame)
        if self.trail is not None:
            self.trail.forget(self, frame)
        self.rewound += 1

    def frame_at(self, sample: int) -> int:
        """The frame, counted from the cut, whose samples `sample` is among, or the one to come after the last."""
        return max(0, bisect_right([*self.borders, self.written], sample) - 1)

    def brief_at(self, frame: int) -> Brief:
        """What `frame` is told."""
        return Brief(self.sheets.at(frame), self.request.text)

    def seed_at(self, frame: int) -> int:
        """The seed that `frame` is drawn with."""
        return next((fork.seed for fork in reversed(self.forks) if fork.frame <= frame), self.seed)

    def place_at(self, frame: int) -> Place:
        """Where in a batch `frame` is written."""
        return next((fork.place for fork in reversed(self.forks) if fork.frame <= frame), self.place)

    @property
    def full(self) -> bool:
        """Whether every requested sample is written."""
        return self.written == self.samples.shape[1]

    @property
    def ahead(self) -> float | None:
        """Seconds that are written and not heard yet; None while the take is not heard."""
        playhead = self.playhead
        return None if playhead is None else (self.written - playhead) / self.rate

    @property
    def audio(self) -> Audio:
        """The part written so far (a view, not a copy)."""
        return Audio(self.samples[:, : self.written], self.rate)

    def _put(self, samples: np.ndarray) -> None:
        stop = min(self.written + samples.shape[1], self.samples.shape[1])
        fresh = self.samples[:, self.written : stop]
        fresh[:] = samples[:, : fresh.shape[1]]
        self.peaks.append(fresh)
        self.written = stop

    def _begin_as(self, parent: Take, frame: int, place: Place) -> None:
        """Take over what `parent` holds before `frame`, and how it came about."""
        if not can_fork(parent, frame):
            raise CalmError("The take cannot be forked there any more", "Branch off it at the same place once more")
        borders = [*parent.borders, parent.written]
        self._put(parent.samples[:, parent.cut : borders[frame]])
        self.borders, self.drawn = borders[:frame], parent.drawn[:frame]
        self.history = parent.history.until(frame)
        self.sheets = parent.sheets.until(frame)
        self.sheets.turn(frame, self.request.sheet)
        self.seed, self.place = parent.seed, parent.place
        new = SeedFrom(frame, self.request.seed, place)
        self.forks = (*(fork for fork in parent.forks if fork.frame < frame), new)
