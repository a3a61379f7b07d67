"""`calm bench --batch`: what up to four takes written together cost, against one alone.

Processor time of the writing thread, frame by frame in turns, so that other programs disturb all cases alike.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from engine.bench.prompt import request
from engine.controls import ControlBox, Controls
from engine.generate import generate_rows
from engine.music.leadsheet import Grid, LeadSheet, SheetChord
from engine.request import Place
from engine.rows import MOST_ROWS, Row
from engine.take import Take

SHEET = LeadSheet((Grid(120.0, 0.0, 4),), 0, "minor", (SheetChord(0.0, 600.0, "Cm7", 0, 0, (0, 3, 7, 10)),))
USUAL = Controls()
CASES = {
    "alike": (None, [USUAL] * MOST_ROWS),
    "with a lead sheet": (SHEET, [USUAL] * MOST_ROWS),
    "with a sheet, followed differently": (SHEET, [replace(USUAL, follow=n + 1.0) for n in range(MOST_ROWS)]),
    "with 4, 3, 2, 1 steps": (None, [replace(USUAL, steps=4 - n) for n in range(MOST_ROWS)]),
}
"""The lead sheet, and the controls of each row. What one take alone costs is that of the first row."""
WARM_UP = 5  # frames
Progress = Callable[[int, int], None]


def batch(model, frames: int, progress: Progress) -> dict:
    """Per case and number of takes: median milliseconds of processor time for a frame of all, over ``frames``, and
    ``times_one``, over that of one take of the case. ``progress`` hears (frames done, frames in all)."""
    writers = {(case, count): written(model, case, count) for case in CASES for count in range(1, MOST_ROWS + 1)}
    costs: dict[tuple[str, int], list[float]] = {key: [] for key in writers}
    for number in range(-WARM_UP, frames):
        progress(max(number, 0), frames)
        for key, writer in writers.items():
            before = time.thread_time()
            next(writer)
            if number >= 0:
                costs[key].append(1000 * (time.thread_time() - before))
    rows = [_row(costs, *key) for key in costs]
    info = model.info
    return {"device_name": info["device_name"], "arithmetic": model.steps.name, "frames": frames, "rows": rows}


def _row(costs: dict[tuple[str, int], list[float]], case: str, count: int) -> dict:
    cost, alone = (statistics.median(costs[case, number]) for number in (count, 1))
    return {"case": case, "takes": count, "frame_ms": round(cost, 2), "times_one": round(cost / alone, 2)}


def written(model, case: str, count: int) -> Iterator:
    """The frames of so many takes of a case, which nobody hears, without end for any bench."""
    sheet, controls = CASES[case]
    asked = request(model.config.vae.sample_rate, 600.0, USUAL)
    return generate_rows(model, _rows(asked, sheet, controls[:count]), threading.Event())


def _rows(asked, sheet: LeadSheet | None, controls: Sequence[Controls]) -> list[Row]:
    rows = []
    for number, each in enumerate(controls):
        wanted = replace(asked, seed=number, controls=each, sheet=sheet)
        rows.append(Row(Take(wanted, number, Place(number, len(controls))), ControlBox(each)))
    return rows
