"""The trail: snapshots of takes, so that they can be forked without hearing them again. A bounded amount is kept, and
none of a take that is not there any more.

Threads: the session's thread adds and forgets; any thread may ask. What is kept is replaced whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from engine.request import Prompt
    from engine.snapshot import Snapshot
    from engine.take import Take

SNAPSHOT_FRAMES = 50  # 2 s
MOST_BYTES = 256 << 20
"""Of all takes together. The model `studio` needs 20 kB a frame and 130 kB for the latents that are recalled, 1.15 MB
for 2 s, and up to 9.6 MB for a prompt: 27 MB for a take of 30 s, 355 MB for one of 10 minutes, of which the last 7
minutes can be forked."""


class Trail:
    """Holds snapshots of any number of takes, `most_bytes` in all; the oldest are let go first, and at the next `add`
    those of takes that nobody holds any more, be it to undo or as the parent of a fork: after six minutes of use at
    random there were 237 MB, and without these at most 52. Beside them it holds what was heard of the last prompt."""

    def __init__(self, most_bytes: int = MOST_BYTES):
        self._most_bytes = most_bytes
        self._kept: tuple[tuple[ref[Take], Snapshot], ...] = ()
        self._heard: tuple[Prompt, Snapshot] | None = None

    @property
    def bytes(self) -> int:
        return sum(snapshot.bytes for _, snapshot in self._kept)

    def add(self, take: Take, snapshot: Snapshot) -> None:
        there = [each for each in self._kept if each[0]() is not None]
        kept = [*there, (ref(take), snapshot)]
        spare = self._most_bytes - sum(each.bytes for _, each in kept)
        while spare < 0 and kept:
            spare += kept.pop(0)[1].bytes
        self._kept = tuple(kept)

    def heard(self, prompt: Prompt) -> Snapshot | None:
        """What was heard of the very samples of `prompt`; None if they are not the last ones that were heard."""
        heard = self._heard
        return heard[1] if heard and same_sound(heard[0], prompt) else None

    def keep_heard(self, prompt: Prompt, snapshot: Snapshot) -> None:
        self._heard = prompt, snapshot

    def forget(self, take: Take, frame: int) -> None:
        """`frame` of `take` and all after it are written anew."""
        self._kept = tuple(each for each in self._kept if each[0]() is not take or each[1].moment.frame <= frame)

    def before(self, take: Take, frame: int) -> Snapshot | None:
        """The last snapshot from which `take` comes to `frame`, be it of a take that it forks off; None if there is
        none any more."""
        own = [snapshot for whose, snapshot in self._kept if whose() is take and snapshot.moment.frame <= frame]
        if own:
            return max(own, key=lambda snapshot: snapshot.moment.frame)
        fork = take.request.fork
        return None if fork is None else self.before(fork.parent, min(frame, fork.frame))


def same_sound(one: Prompt, other: Prompt) -> bool:
    """Whether two prompts are the same samples: the same part of one sound in memory."""
    return one.audio is other.audio and (one.start, one.stop) == (other.start, other.stop)


def can_fork(take: Take, frame: int) -> bool:
    """Whether another take can leave `take` before `frame`, counted from the cut, without hearing it again.

    Not so for a take that came out of a file, one that another program wrote, or when its trail was let go.
    """
    return 0 <= frame <= len(take.borders) and take.trail is not None and take.trail.before(take, frame) is not None
