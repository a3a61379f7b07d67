"""The clock of a MIDI file: from its ticks to seconds, and where its beats and bars lie."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

DEFAULT_TEMPO = 500_000  # microseconds a quarter note, where the file names none (RP-001, set tempo)
FASTEST_BEAT, SLOWEST_BEAT = 0.05, 30.0  # seconds: outside of it a tempo is no music but a damaged byte


@dataclass(frozen=True)
class Metre:
    """From `tick` on bars have `numerator` beats of one `denominator`th, as they are written."""

    tick: int
    numerator: int
    denominator: int

    @property
    def compound(self) -> bool:
        """Whether three eighths are a beat, as in 6/8."""
        return self.denominator >= 8 and self.numerator > 3 and self.numerator % 3 == 0

    @property
    def beats(self) -> int:
        """Beats in a bar."""
        return self.numerator // 3 if self.compound else self.numerator

    def beat_ticks(self, quarter: int) -> float:
        return quarter * 4 / self.denominator * (3 if self.compound else 1)


@dataclass(frozen=True)
class Clock:
    """`tempos` are (tick, microseconds a quarter note) by rising tick, the first at 0; `quarter` is its ticks.
    `metres` come by rising tick too, the first at 0."""

    quarter: int
    tempos: tuple[tuple[int, int], ...]
    metres: tuple[Metre, ...]

    def __post_init__(self):
        starts = [0.0]
        for (tick, tempo), (following, _) in pairwise(self.tempos):
            starts.append(starts[-1] + (following - tick) * tempo / 1e6 / self.quarter)
        object.__setattr__(self, "_starts", tuple(starts))

    def seconds(self, tick: float) -> float:
        """When a tick comes, in seconds from tick 0."""
        index = bisect_right(self.tempos, tick, key=lambda tempo: tempo[0]) - 1
        start, tempo = self.tempos[index]
        return self._starts[index] + (tick - start) * tempo / 1e6 / self.quarter

    def beats(self, end: float) -> Iterator[tuple[float, bool]]:
        """(tick, whether a bar begins there) of every beat before tick `end`, and of the first bar line after it."""
        ends = [*(metre.tick for metre in self.metres[1:]), float("inf")]
        for metre, stop in zip(self.metres, ends, strict=True):
            number, length = 0, metre.beat_ticks(self.quarter)
            while (tick := metre.tick + number * length) < stop:
                bar = number % metre.beats == 0
                yield tick, bar
                if bar and tick >= end:
                    return
                number += 1
