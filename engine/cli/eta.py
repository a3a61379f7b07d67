"""How long it will still take, for those who wait at a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable

from engine.cli.output import show_progress


def countdown(what: str) -> Callable[[float, float], None]:
    """A function to be told (work done, work in all): it shows `what` in per cent, and the time left at the pace so
    far."""
    start = time.monotonic()

    def show(done: float, total: float) -> None:
        left = (time.monotonic() - start) * (total - done) / done if done else None
        ends = "" if left is None else f", {left:.0f} s left"
        show_progress(f"{what}: {100 * done / total:.0f} %{ends}")

    return show
