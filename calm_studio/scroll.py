"""How long the window takes for one frame while it is scrolled and zoomed over three takes of ten minutes."""

import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from calm_studio import state as states
from calm_studio.main_window import MainWindow
from calm_studio.timeline.span import Span
from calm_studio.values import Lane, State
from engine.audio import Audio
from engine.bench.spread import spread
from engine.controls import Controls
from engine.request import MAX_SECONDS, Prompt, Request
from engine.take import Take

RATE = 48_000
TAKES = 3
PROMPT = 10.0
PIXELS = 23
"""That the view moves by from frame to frame."""
VIEWS = (MAX_SECONDS / 2, 60.0, 4.0, 0.1)
"""Seconds in view while it moves."""
FRAMES = 120
"""In each of these views, and while it is zoomed from the first into the last and back."""


def measure(folder: Path) -> dict:
    """The spreads of milliseconds a frame, of the thread that paints (its CPU time, so that it does not matter what
    else the machine does). A frame is a step of the view and all that Qt paints for it."""
    window = MainWindow(folder)
    window.show()
    state = State()
    for number in range(1, TAKES + 1):
        state = states.add_lane(state, Lane("", long_take(number)))
    window.show_state(state)
    moved = [time for seconds in VIEWS for time in frames(window, panning(window, seconds))]
    zoomed = frames(window, zooming(window))
    window.deleteLater()
    return {
        "takes": TAKES,
        "minutes": MAX_SECONDS / 60,
        "size": list(window.timeline.size().toTuple()),
        "scroll_ms": spread(moved),
        "zoom_ms": spread(zoomed),
    }


def frames(window: MainWindow, spans: Iterable[Span]) -> list[float]:
    """Milliseconds for each of `spans`, shown one after the other; the first is only gone to."""
    times = []
    for span in spans:
        begun = time.thread_time()
        window.timeline.view.move(span)
        QApplication.processEvents()
        times.append(1000 * (time.thread_time() - begun))
    return times[1:]


def panning(window: MainWindow, seconds: float) -> list[Span]:
    """On and on, PIXELS at a time, around the middle."""
    view, middle = window.timeline.view, (PROMPT + MAX_SECONDS) / 2
    step = PIXELS * seconds / window.timeline.ruler.width()
    start = middle - seconds / 2 - step * FRAMES / 2
    return [Span(start + step * at, start + step * at + seconds).within(view.end) for at in range(FRAMES + 1)]


def zooming(window: MainWindow) -> list[Span]:
    """From everything down to samples, at a place between two of them."""
    span, end = Span(0.0, window.timeline.view.end), window.timeline.view.end
    factor, spans = (VIEWS[-1] / 100 / end) ** (1 / FRAMES), [span]
    for _ in range(FRAMES):
        span = span.zoomed(factor, 0.377 * end, end)
        spans.append(span)
    return spans


def long_take(number: int) -> Take:
    """Noise that swells four times a second, as if it were music: no part of it is like another."""
    random = np.random.default_rng(number)
    swell = np.abs(np.sin(np.arange(round(MAX_SECONDS * RATE), dtype=np.float32) * np.float32(4 * np.pi / RATE)))
    noise = (random.standard_normal((2, swell.size), np.float32) * 0.2 * swell).clip(-1, 1)
    prompt = Prompt(Audio(noise[:, : round(PROMPT * RATE)], RATE), "noise", 0, round(PROMPT * RATE))
    take = Take(Request(prompt, MAX_SECONDS, number, Controls()), number)
    take.append(noise)
    take.state = "finished"
    return take


def in_words(result: dict) -> str:
    scroll, zoom = result["scroll_ms"], result["zoom_ms"]
    return (
        f"{result['takes']} takes of {result['minutes']:g} minutes: a frame takes {scroll['p50']} ms to scroll "
        f"(p95 {scroll['p95']}), {zoom['p50']} ms to zoom (p95 {zoom['p95']})"
    )
