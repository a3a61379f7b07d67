"""How late the window is while a take is written, played and painted: the delay of a 10 ms timer in its event loop."""

import statistics
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer

from calm_studio.app import App
from calm_studio.screenshots import open_example, start_take, wait
from engine.bench.spread import quantile, spread
from engine.errors import CalmError
from engine.playback import Player
from engine.request import MAX_SECONDS

BEAT_MS = 10.0
SEED = 4711
SPARE = 5.0  # seconds that the take is longer than what is measured of it, so that it is written to the end
LONGEST = MAX_SECONDS - SPARE


def measure(app: App, player: Player, examples: Path, seconds: float) -> dict:
    """Continue an example and listen for so many `seconds` after the cut.

    delay_ms is the spread of `lateness`, with p99; window_cpu is the share of a core that the window's thread took,
    the timer's own beats included; underruns count what broke off in that time, x_real_time is the
    median over it. Raises CalmError when there is no example, the model does not work, or `seconds` are too many.
    """
    if not 0 < seconds <= LONGEST:
        raise CalmError(f"{seconds:g} seconds cannot be measured", f"Choose up to {LONGEST:g} seconds")
    app.window.show()
    open_example(app, examples)
    app.window.controls.length.set_seconds(seconds + SPARE)
    take = start_take(app, SEED)
    wait(app, "Listening to the prompt", lambda: take.playhead is not None and take.playhead >= take.cut)
    before, speeds, worked = player.underruns, [], time.thread_time()
    late = lateness(beats(seconds, lambda: speeds.append(app.state.lane.growth.x_real_time)))
    return {
        "seconds": seconds,
        "device": app.state.model.device_name,
        "delay_ms": spread(late) | {"p99": round(quantile(late, 0.99), 2)},
        "window_cpu": round((time.thread_time() - worked) / seconds, 3),
        "underruns": player.underruns - before,
        "x_real_time": round(statistics.median(speeds), 2),
    }


def beats(seconds: float, at_each: Callable[[], object]) -> Sequence[float]:
    """The moments in ms at which a timer of BEAT_MS came; `at_each` is called every time."""
    moments, loop, timer = array("d"), QEventLoop(), QTimer()  # 8 bytes a beat: a list has 32, 0.2 MB a minute

    def on_timeout() -> None:
        moments.append(1000 * time.perf_counter())
        at_each()

    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(on_timeout)
    timer.start(round(BEAT_MS))
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()
    timer.stop()
    return moments


def lateness(moments: Sequence[float]) -> list[float]:
    """How late each beat was, in ms, given the `moments` of those that came: one that fell out, because the loop was
    busy, is as late as the one that came in its place."""
    late = []
    for last, moment in zip(moments, moments[1:], strict=False):
        due = last + BEAT_MS
        late.append(max(0.0, moment - due))
        while (due := due + BEAT_MS) < moment:
            late.append(moment - due)
    return late


def in_words(result: dict) -> str:
    delay = result["delay_ms"]
    return (
        f"A timer of {BEAT_MS:g} ms came {delay['mean']} ms late in the mean, p95 {delay['p95']}, p99 {delay['p99']}, "
        f"at most {delay['max']}; the window's thread took {result['window_cpu']:.0%} of a core; "
        f"{result['underruns']} underruns in {result['seconds']:g} s, "
        f"written at {result['x_real_time']} x real time"
    )
