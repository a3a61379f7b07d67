"""Where the beats lie: between seconds and the ticks of a MIDI file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.music.heard import Heard

TICKS = 960  # a beat: half a millisecond at 120 beats a minute
UNKNOWN_TEMPO = 120.0  # beats a minute: what every program shows before a tempo is set
STEADY = 0.02  # seconds that heard beats may be off an even grid and count as played to one
EXACT = 0.0005  # seconds that a beat of the file may be off


@dataclass(frozen=True)
class TempoMap:
    """`tempos` are (second, tick, microseconds a beat) by rising second, the first at 0; the last holds for ever.

    Bars have `beats_per_bar` beats, but for a first one of `pickup` beats when that is not 0.
    """

    tempos: tuple[tuple[float, int, int], ...]
    beats_per_bar: int
    pickup: int

    def ticks(self, seconds: float) -> int:
        """The nearest tick to a moment from 0 on."""
        index = bisect_right(self.tempos, seconds, key=lambda tempo: tempo[0]) - 1
        start, tick, length = self.tempos[index]
        return tick + round((seconds - start) * 1e6 / length * TICKS)


def tempo_map(heard: Heard | None) -> TempoMap:
    """The map of what was heard, or an even 120 in 4/4 where there are no beats.

    The file's second 0 is the sound's. The time before the first beat becomes as many beats as fit best, a little
    faster or slower than the rest, so that from there on every bar line is where it is heard.
    """
    if heard is None or len(heard.beats) < 2:
        return TempoMap(((0.0, 0, round(60e6 / UNKNOWN_TEMPO)),), 4, 0)
    times = _evened(np.array(heard.beats))
    before = round(times[0] / (times[1] - times[0]))
    lead = np.linspace(0, times[0], before, endpoint=False)
    if not before:  # less than half a beat: the first beat is the start itself
        times[0] = 0
    pickup = (before + heard.first_downbeat) % heard.beats_per_bar
    return TempoMap(_tempos([*lead, *times], heard.tempo), heard.beats_per_bar, pickup)


def _tempos(beats: list[float], after: float) -> tuple[tuple[float, int, int], ...]:
    """As few tempos as keep every beat within EXACT, and `after` (beats a minute) after the last one."""
    tempos, beat, now = [], 0, 0.0
    while beat < len(beats) - 1:
        count, length = _longest_even_run(np.array(beats[beat + 1 :]) - now)
        tempos.append((now, beat * TICKS, length))
        beat, now = beat + count, now + count * length / 1e6
    return (*tempos, (now, beat * TICKS, round(60e6 / after)))


def _longest_even_run(times: np.ndarray) -> tuple[int, int]:
    """How many of the beats at `times` seconds one tempo fits, and its microseconds a beat."""
    number = np.arange(1, len(times) + 1)
    least = np.maximum.accumulate((times - EXACT) / number)
    most = np.minimum.accumulate((times + EXACT) / number)
    count = int((least <= most).sum())
    return count, round((least[count - 1] + most[count - 1]) / 2 * 1e6)


def _evened(times: np.ndarray) -> np.ndarray:
    """Beats that lie near an even grid, put on it: one tempo instead of a hundred that differ by nothing heard."""
    number = np.arange(len(times))
    slope, first = np.polyfit(number, times, 1)
    even = first + slope * number
    return even if np.abs(even - times).max() <= STEADY else times
