"""Work ahead, while there is nothing to write: a prompt is heard before a take of it is asked for, so that the take
begins at once; and a take that came out of a project is gone over, so that it can be forked anywhere.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from engine.request import Prompt
from engine.take import Take
from engine.trail import Trail, same_sound


@dataclass(eq=False)
class Hearing:
    """The hearing of a prompt, to be broken off by `stop`."""

    prompt: Prompt
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class Retracing:
    """The going over a take, to be broken off by `stop`."""

    take: Take
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class Ahead:
    """Which prompt is `wanted` to be heard, which take is to be `traced` after that, and what was begun last. Guarded
    by the session's lock."""

    wanted: Hearing | None = None
    traced: Retracing | None = None
    begun: Hearing | Retracing | None = None

    def ask(self, prompt: Prompt) -> None:
        self.give_way(prompt)
        self.wanted = Hearing(prompt)  # once more for one that was heard costs nothing

    def trace(self, take: Take) -> None:
        if isinstance(self.begun, Retracing):
            self.begun.stop.set()
        self.traced = Retracing(take)

    def give_way(self, prompt: Prompt | None) -> None:
        """Hear nothing but `prompt`."""
        for work in (self.wanted, self.traced, self.begun):
            hears = isinstance(work, Hearing) and prompt is not None and same_sound(work.prompt, prompt)
            if work is not None and not hears:
                work.stop.set()

    @property
    def idle(self) -> bool:
        return self.wanted is None and self.traced is None

    def begin(self) -> Hearing | Retracing:
        if self.wanted is not None:
            self.wanted, self.begun = None, self.wanted
        else:
            self.traced, self.begun = None, self.traced
        return self.begun


def work_ahead(model, work: Hearing | Retracing, trail: Trail) -> None:
    """What a session does ahead; imported only here, in its thread, as it brings torch."""
    from engine import forking, listening

    if isinstance(work, Retracing):
        forking.retrace(model, work.take, work.stop)
    else:
        listening.prehear(model, work.prompt, trail, work.stop)


def nothing(model, work: Hearing | Retracing, trail: Trail) -> None:
    """For a session that does nothing ahead."""
