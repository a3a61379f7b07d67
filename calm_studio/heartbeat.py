"""How late the window is: the delay of a 10 ms timer in its event loop."""

import time
from array import array
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEventLoop, Qt, QTimer

BEAT_MS = 10.0


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
