"""A session's job: takes that are written together, or one alone; and how fast they grow."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from engine.request import Request
from engine.rows import Row
from engine.take import Take

SPEED_WINDOW = 25  # frames: about one second of audio


@dataclass(eq=False)
class Line:
    """One take of a job, by its `number`, until it has `ended`."""

    number: int
    request: Request
    stop: threading.Event = field(default_factory=threading.Event)
    row: Row | None = None
    ended: bool = False


@dataclass(eq=False)
class Job:
    """Takes that are written together; `stop` is set when the last of them is."""

    lines: list[Line]
    stop: threading.Event = field(default_factory=threading.Event)

    def line(self, number: int) -> Line | None:
        return next((line for line in self.lines if line.number == number), None)


class Speed:
    """How fast a take is written: seconds of audio per second of work over the last SPEED_WINDOW frames. A frame for
    which the take went back counts as work alone."""

    def __init__(self, take: Take):
        self._take = take
        self._written = take.written
        self._frames = deque([], maxlen=SPEED_WINDOW)

    def add(self, work: float) -> None:
        """Count one more frame, already in the take, that took `work` seconds."""
        self._frames.append((max(0, self._take.written - self._written), work))
        self._written = self._take.written

    @property
    def x_real_time(self) -> float:
        samples, work = map(sum, zip(*self._frames, strict=True))
        return samples / self._take.rate / work
