"""Hearing ahead: a prompt is heard before a take of it is asked for, so that the take begins at once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from engine.request import Prompt
from engine.trail import Trail, same_sound


@dataclass(eq=False)
class Hearing:
    """The hearing of a prompt, to be broken off by `stop`."""

    prompt: Prompt
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class Ahead:
    """Which prompt is `wanted` to be heard, and which one was begun last. Guarded by the session's lock."""

    wanted: Hearing | None = None
    begun: Hearing | None = None

    def ask(self, prompt: Prompt) -> None:
        self.give_way(prompt)
        self.wanted = Hearing(prompt)  # once more for one that was heard costs nothing

    def give_way(self, prompt: Prompt | None) -> None:
        """Hear nothing but `prompt`."""
        for hearing in (self.wanted, self.begun):
            if hearing is not None and not (prompt and same_sound(hearing.prompt, prompt)):
                hearing.stop.set()

    def begin(self) -> Hearing:
        self.wanted, self.begun = None, self.wanted
        return self.begun


def prehear(model, hearing: Hearing, trail: Trail) -> None:
    """What a session hears with, by `engine.listening`: imported only here, in its thread, as it brings torch."""
    from engine import listening

    listening.prehear(model, hearing.prompt, trail, hearing.stop)


def nothing(model, hearing: Hearing, trail: Trail) -> None:
    """For a session that hears nothing ahead."""
