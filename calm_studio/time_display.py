"""The time in the transport: minutes and seconds, or bars and beats."""

import math

from PySide6.QtWidgets import QPushButton

from calm_studio.timeline.bars import Steady


class TimeDisplay(QPushButton):
    """A press switches to bars and beats, where they are known, and back."""

    def __init__(self):
        super().__init__()
        self.setObjectName("time")
        self.setAutoDefault(True)  # Enter presses it; Space is for playing
        self.setMinimumWidth(106)
        self.setToolTip("The time; press to see bars and beats where they are known, or minutes and seconds again")
        self.setAccessibleName("Time")
        self._bars: tuple[Steady, ...] = ()
        self._seconds, self._in_bars = 0.0, False
        self.clicked.connect(self._switch)

    def show_bars(self, bars: tuple[Steady, ...]) -> None:
        self._bars = bars

    def show_time(self, seconds: float) -> None:
        self._seconds = seconds
        words = bar_and_beat(self._bars, seconds) if self._in_bars and self._bars else clock(seconds)
        if words != self.text():
            self.setText(words)

    def _switch(self) -> None:
        self._in_bars = not self._in_bars
        self.show_time(self._seconds)


def clock(seconds: float) -> str:
    """74.36 -> "1:14.36"."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def bar_and_beat(bars: tuple[Steady, ...], seconds: float) -> str:
    """Such as "12 | 3.50", half way through the third beat of bar 12."""
    steady = next(each for each in bars if seconds < each.stop or each is bars[-1])
    hundredths = math.floor(100 * (seconds - steady.downbeat) / steady.beat + 1e-6)
    bar, rest = divmod(hundredths, 100 * steady.beats_per_bar)
    return f"{steady.number + bar} | {1 + rest // 100}.{rest % 100:02d}"
