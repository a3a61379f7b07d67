"""One playing of a source, or of some after one another: what is taken of them, brought to the sink's rate, and heard.

Where one source takes over from another, both are at the same sample, and the first is faded into the second over
FADE_SECONDS, linearly: takes of the same prompt are the same before their cut, which a linear fade leaves as it is, bit
for bit. Where they are strangers it is 3 dB quieter in its middle, for about 5 ms: too short to be heard as a hole, and
long enough for no click.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.resampling import Ratio, part
from engine.ring import Ring
from engine.sinks import LATENCY_SECONDS

if TYPE_CHECKING:
    from engine.playback import Player

RING_SECONDS = 2 * LATENCY_SECONDS  # at least; a device may ask for all of its own buffer at once
PRIME_SECONDS = 0.12  # three frames of the model are ready when sound starts, also after an underrun
FADE_SECONDS = 0.01
KEEP_SECONDS = 0.04  # of sound are left to the sink while what follows is made anew: four blocks of a usual card
LAG_SECONDS = 1.0  # more than lies between what is taken from a source and what is heard of it


class Source(Protocol):
    """What can be played: a Take, or a Clip. `samples` is float32 (2, capacity), of which `written` are valid."""

    rate: int
    samples: np.ndarray
    written: int
    full: bool
    state: str  # "writing" while more samples may come
    playhead: int | None  # the sample now heard, None when this source does not sound
    reader: "Player | None"  # who plays it, while it sounds


@dataclass(frozen=True, eq=False)
class Turn:
    """From sample `at` on `source` sounds; the first turn of a voice also before."""

    at: int
    source: Source


class Voice:
    """Plays sources from sample `start` on, which is the same moment in all of them.

    Threads: `fill`, `give_back` and `swap` belong to whoever holds the player's `_feeding`, `read_into` and `starve` to
    the sink; the rest only looks. `turns` is replaced whole.
    """

    def __init__(self, turns: tuple[Turn, ...], start: int):
        self.turns = turns
        self.start = start
        self.rate = turns[0].source.rate
        self.primed = False  # enough is in the ring for sound to start
        self.ended = False  # the last of the last source is in the ring
        self._ratio = Ratio(self.rate, self.rate)  # to the sink's rate, once `fill` has told
        self._put = 0  # samples at the sink's rate that went into the ring, and were not given back
        self._read = 0  # of these, the sink has taken so many
        self._ring: Ring | None = None
        self._fade = round(FADE_SECONDS * self.rate)

    @property
    def done(self) -> bool:
        """Whether the last of the source was also taken by the sink."""
        return self.ended and not self._ring.readable

    def heard(self, latency: float) -> int:
        """The sample that sounds, given the seconds a sample takes from the sink's pull to the ear."""
        seconds = self._read / self._ratio.new_rate - latency
        return self.start + max(0, round(seconds * self.rate))

    def source_at(self, sample: int) -> Source:
        turns = self.turns
        return next((turn.source for turn in reversed(turns) if turn.at <= sample), turns[0].source)

    def fill(self, rate: int, latency: float) -> None:
        """Move all there is room for from the sources into the ring of a sink that runs at `rate` Hz and holds
        `latency` seconds."""
        if self._ring is None:
            room = max(RING_SECONDS, 2 * latency)
            self._ratio, self._ring = Ratio(self.rate, rate), Ring(2, round(room * rate))
        there, final = self._there()
        there = max(0, there - self.start)
        ready = self._ratio.whole(there) if final else self._ratio.ready(there)
        stop = min(ready, self._put + self._ring.writable)
        fresh = part(self._samples, self._ratio, self._put, stop)
        self._put = stop
        self._ring.write(fresh)
        self.ended = final and stop == ready  # after the write: the device must not take the end for there already
        if self.ended or self._ring.readable >= PRIME_SECONDS * rate:
            self.primed = True

    def give_back(self, keep: float) -> int:
        """See `Player.recall`."""
        near = round(keep * self._ratio.new_rate)
        if self._ring is not None:
            self._put -= self._ring.take_back(near)
        return self.start + self._ratio.needed(max(self._put, self._read + near))

    def swap(self, source: Source, at: int) -> None:
        """See `Player.swap`; to be followed by `fill`. Turns that were to come after it are forgotten."""
        at = max(at, self.give_back(KEEP_SECONDS))
        turns = [*(turn for turn in self.turns if turn.at < at), Turn(at, source)]
        while len(turns) > 1 and turns[1].at + self._fade < self.heard(LAG_SECONDS):
            del turns[0]
        self.turns = tuple(turns)

    def sound(self, start: int, stop: int) -> np.ndarray:
        """Float32 (2, n): what sounds from sample `start` to `stop` of the sources; some of it may be a view."""
        return self._samples(start - self.start, stop - self.start)

    def read_into(self, out: np.ndarray) -> int:
        count = self._ring.read_into(out)
        self._read += count
        return count

    def starve(self) -> bool:
        """Note that the ring ran dry; return whether sound broke off by it: it had begun and not come to its end."""
        broke_off = self.primed and not self.ended
        if broke_off:
            self.primed = False
        return broke_off

    def _there(self) -> tuple[int, bool]:
        """The sample up to which all that is to sound is there, and whether that is the end."""
        pairs = pairwise(self.turns)
        growing = [turn.source for turn, after in pairs if _grows(turn.source, after.at + self._fade)]
        last = self.turns[-1]
        final = not growing and not _grows(last.source)  # asked first: what is final stays as long as it is
        return min([*(source.written for source in growing), max(last.at, last.source.written)]), final

    def _samples(self, start: int, stop: int) -> np.ndarray:
        """Samples [start, stop) of what sounds, counted from where this voice began, with zeros outside of it."""
        first, last = self.start + start, self.start + stop
        sound = _read(self.turns[0].source, first, last)
        for turn in self.turns[1:]:
            at, faded = (min(max(edge - first, 0), last - first) for edge in (turn.at, turn.at + self._fade))
            into = _read(turn.source, first + at, last)
            gain = ((np.arange(first + at, first + faded) - turn.at + 1) / (self._fade + 1)).astype(np.float32)
            mixed = sound[:, at:faded] + gain * (into[:, : faded - at] - sound[:, at:faded])
            sound = np.concatenate([sound[:, :at], mixed, into[:, faded - at :]], axis=1)
        return sound


def _grows(source: Source, until: float = float("inf")) -> bool:
    """Whether more is to come of a source before sample `until`."""
    return not source.full and source.state == "writing" and source.written < until


def _read(source: Source, first: int, last: int) -> np.ndarray:
    inside = source.samples[:, max(0, first) : max(0, min(last, source.written))]
    before = min(max(0, -first), last - first)
    return np.pad(inside, ((0, 0), (before, last - first - before - inside.shape[1])))
