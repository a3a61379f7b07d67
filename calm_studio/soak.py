"""Hours of use in minutes: a hand that does anything at random in the real window, and what came of it.

The hand is `calm_studio.random_hand`; the same seed moves it in the same way, but the takes go at the machine's speed.
"""

import random
import time
from array import array
from itertools import pairwise
from pathlib import Path

import numpy as np
import psutil
from PySide6.QtCore import QTimer

from calm_studio.app import App
from calm_studio.crash import CrashReporter
from calm_studio.heartbeat import beats, lateness
from calm_studio.random_hand import RandomHand
from calm_studio.screenshots import open_example
from engine.bench.spread import quantile
from engine.errors import CalmError
from engine.playback import Player

SEED = 4711
PAUSE_MS = 300.0
"""Mean time between two actions."""
WEIGH_MS = 2000
WARM = 1 / 3
"""Of the time, in which caches, libraries and the list of what can be undone fill."""


class Scale:
    """Weighs the process every WEIGH_MS: `minutes` since it began, and `megabytes`."""

    def __init__(self):
        self.minutes: list[float] = []
        self.megabytes: list[float] = []
        self._process, self._begun = psutil.Process(), time.monotonic()
        self._timer = QTimer(interval=WEIGH_MS, timeout=self.weigh)
        self._timer.start()

    def weigh(self) -> None:
        self.minutes.append((time.monotonic() - self._begun) / 60)
        self.megabytes.append(self._process.memory_info().rss / 1e6)

    def stop(self) -> None:
        self._timer.stop()


def slope(minutes: list[float], megabytes: list[float]) -> float | None:
    """Megabytes a minute after the warm-up, by least squares; None of less than three weights."""
    kept = [(at, size) for at, size in zip(minutes, megabytes, strict=True) if at >= WARM * minutes[-1]]
    if len(kept) < 3:
        return None
    return float(np.polyfit(*zip(*kept, strict=True), 1)[0])


def measure(app: App, player: Player, crash: CrashReporter, examples: Path, minutes: float) -> dict:
    """Let the hand work for so many `minutes`.

    exceptions are what nobody expected, with their words; refused counts what the app said it could not do, by its
    words; heartbeat and busy are as `use` returns them. Raises CalmError without an example or a model, or for no time
    at all.
    """
    if not minutes > 0:
        raise CalmError(f"{minutes:g} minutes cannot be measured", "Choose more than 0")
    exceptions: list[str] = []
    crash.crashed.connect(lambda error: exceptions.append(str(error)))
    app.window.show()
    open_example(app, examples)
    hand, scale, before = RandomHand(app, random.Random(SEED)), Scale(), player.underruns
    late, busy = use(hand, minutes)
    scale.stop()
    hand.close()
    scale.weigh()
    return {
        "minutes": minutes,
        "exceptions": len(exceptions),
        "said": exceptions,
        "rss_slope_mb_per_min": slope(scale.minutes, scale.megabytes),
        "rss_mb": round(scale.megabytes[-1]),
        "heartbeat_p99_ms": round(quantile(late, 0.99), 2),
        "busy_p99_ms": round(quantile(busy, 0.99), 2),
        "heartbeat_max_ms": round(max(late), 2),
        "underruns": player.underruns - before,
        "actions": hand.done,
        "refused": hand.refused,
    }


def use(hand: RandomHand, minutes: float) -> tuple[list[float], list[float]]:
    """How late each beat of a timer of 10 ms was meanwhile; and how long, whatever else the machine does, the window's
    thread worked between one beat and the next. Both in ms."""
    timer, worked = QTimer(singleShot=True), array("d", [1000 * time.thread_time()])

    def act() -> None:
        hand.act()
        timer.start(round(hand.random.expovariate(1 / PAUSE_MS)))

    timer.timeout.connect(act)
    timer.start(0)
    late = lateness(beats(60 * minutes, lambda: worked.append(1000 * time.thread_time())))
    timer.stop()
    return late, [after - before for before, after in pairwise(worked)]


def in_words(result: dict) -> str:
    slope = result["rss_slope_mb_per_min"]
    return (
        f"{sum(result['actions'].values())} actions in {result['minutes']:g} minutes: "
        f"{result['exceptions']} exceptions, "
        f"{result['underruns']} underruns, memory {result['rss_mb']} MB"
        + ("" if slope is None else f", growing by {slope:.2f} MB a minute")
        + f", a timer of 10 ms 99 % of the time at most {result['heartbeat_p99_ms']} ms late"
    )
