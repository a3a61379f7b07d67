"""Plays a source, finished or still being written, through a sink.

Threads: the caller's thread uses the public methods, none of which waits for the device (except `close`). The feeder
thread opens the sink, moves samples from the source into the ring and alone writes `source.playhead` and
`source.reader`. The sink's thread runs `_pull`, which takes no lock and only copies. A play, seek or stop replaces the
whole voice, so no ring is ever emptied under a thread that uses it. The thread that writes a take holds `recall` while
it goes back in it; that and the feeder's turns exclude each other.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np

from engine.audio import Audio, stereo
from engine.resampling import Ratio, part
from engine.ring import Ring
from engine.sinks import LATENCY_SECONDS, Pull, Sink, open_default_sink

RING_SECONDS = 2 * LATENCY_SECONDS  # a device may ask for all of its own buffer at once
PRIME_SECONDS = 0.12  # three frames of the model are ready when sound starts, also after an underrun
METER_SECONDS = 0.05
_REFILL_SECONDS = 0.02


class Source(Protocol):
    """What can be played: a Take, or a Clip. `samples` is float32 (2, capacity), of which `written` are valid."""

    rate: int
    samples: np.ndarray
    written: int
    full: bool
    state: str  # "writing" while more samples may come
    playhead: int | None  # the sample now heard, None when this source does not sound
    reader: "Player | None"  # who plays it, while it sounds


class Clip:
    """A finished sound as a source."""

    full = True
    state = "finished"

    def __init__(self, audio: Audio):
        self.rate = audio.rate
        self.samples = stereo(audio.samples)
        self.written = self.samples.shape[1]
        self.playhead: int | None = None
        self.reader: Player | None = None


class Player:
    """Plays one source at a time. `open_sink` opens the sink, now and again whenever its device is lost."""

    def __init__(self, open_sink: Callable[[Pull], Sink] = open_default_sink):
        self._open_sink = open_sink
        self._sink: Sink | None = None
        self._voice: _Voice | None = None
        self._starved = 0
        self._swap, self._feeding = threading.Lock(), threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._feeder = threading.Thread(target=self._feed, name="player", daemon=True)
        self._feeder.start()

    def play(self, source: Source, start: int = 0) -> None:
        """Sound `source` from sample `start` on, in place of what sounds now; samples yet to be written are awaited."""
        self._put(_Voice(source, start))

    def stop(self) -> None:
        self._put(None)

    def seek(self, sample: int) -> None:
        """Go on from `sample` of the source that sounds; nothing when none does."""
        voice = self._voice
        if voice is not None:
            self._replace(voice, _Voice(voice.source, sample))

    def close(self) -> None:
        """Stop, release the device, end all threads."""
        self._closing = True
        self._wake.set()
        self._feeder.join()

    @contextmanager
    def recall(self, source: Source, keep: float) -> Iterator[int | None]:
        """What was taken from `source` and lies more than `keep` seconds ahead of the device is given back; as long as
        this is held, nothing more is taken.

        Yields the first sample of which nothing is needed any more, so that it may change, and all after it: they are
        taken anew. None if `source` does not sound.
        """
        with self._feeding:
            voice = self._voice
            yield voice.give_back(keep) if voice is not None and voice.source is source else None

    @property
    def position(self) -> int | None:
        """The sample of the source that is now heard, None when nothing plays or the end was reached."""
        voice, sink = self._voice, self._sink
        return None if voice is None or sink is None else voice.heard(sink.latency)

    @property
    def device(self) -> str:
        """The name of what sound goes to, "" until it is open."""
        return "" if self._sink is None else self._sink.name

    @property
    def underruns(self) -> int:
        """How often sound broke off: no samples were ready in time, or the device itself reports a missed block."""
        return self._starved + (0 if self._sink is None else self._sink.underflows)

    def meter(self) -> tuple[float, float]:
        """Left and right peak, 1.0 being full scale, of the 50 ms up to `position`; zeros in silence."""
        voice, position = self._voice, self.position
        if voice is None or position is None or not voice.primed:
            return 0.0, 0.0
        since = max(voice.start, position - round(METER_SECONDS * voice.source.rate))
        left, right = np.abs(voice.source.samples[:, since:position]).max(axis=1, initial=0.0)
        return float(left), float(right)

    def _put(self, voice: "_Voice | None") -> None:
        with self._swap:
            self._voice = voice
        self._wake.set()

    def _replace(self, old: "_Voice", new: "_Voice | None") -> None:
        """Put `new`, unless another thread has replaced `old` meanwhile."""
        with self._swap:
            if self._voice is old:
                self._voice = new
        self._wake.set()

    def _pull(self, out: np.ndarray) -> None:
        """Fill a (samples, 2) block: the sink's callback."""
        voice = self._voice
        count = voice.read_into(out.T) if voice is not None and voice.primed else 0
        if count < out.shape[0]:
            out[count:] = 0.0
            if voice is not None and voice.starve():
                self._starved += 1

    def _feed(self) -> None:
        """The feeder thread."""
        self._sink = self._open_sink(self._pull)
        sounding = None
        while not self._closing:
            voice = self._voice
            if sounding is not None and sounding is not voice:
                _leave(sounding.source)
            sounding = voice
            if voice is None:
                self._wake.wait()
            else:
                self._tend(voice)
                self._wake.wait(_REFILL_SECONDS)
            self._wake.clear()
        self._sink.close()
        if sounding is not None:
            _leave(sounding.source)

    def _tend(self, voice: "_Voice") -> None:
        """Keep `voice` supplied, its source informed, and its device present."""
        if not self._sink.alive:
            self._reopen(voice)
        elif voice.done:
            self._replace(voice, None)
        else:
            with self._feeding:
                voice.fill(self._sink.rate)
            voice.source.playhead = voice.heard(self._sink.latency)
            voice.source.reader = self

    def _reopen(self, voice: "_Voice") -> None:
        """After the device was lost: open another and go on where this one broke off."""
        heard = voice.heard(self._sink.latency)
        self._sink.close()
        self._starved += self._sink.underflows  # no callback runs between two sinks, so nobody else counts now
        self._sink = self._open_sink(self._pull)
        self._replace(voice, _Voice(voice.source, heard))


def _leave(source: Source) -> None:
    source.playhead = source.reader = None


class _Voice:
    """One playing of a source from a sample on: what is taken from it, converted to the sink's rate, and heard.

    Threads: `fill` and `give_back` belong to whoever holds the player's `_feeding`, `read_into` and `starve` to the
    sink; the rest only looks.
    """

    def __init__(self, source: Source, start: int):
        self.source = source
        self.start = start
        self.primed = False  # enough is in the ring for sound to start
        self.ended = False  # the last of the source is in the ring
        self._ratio = Ratio(source.rate, source.rate)  # to the sink's rate, once `fill` has told
        self._put = 0  # samples at the sink's rate that went into the ring, and were not given back
        self._read = 0  # of these, the sink has taken so many
        self._ring: Ring | None = None

    @property
    def done(self) -> bool:
        """Whether the last of the source was also taken by the sink."""
        return self.ended and not self._ring.readable

    def heard(self, latency: float) -> int:
        """The sample of the source that sounds, given the seconds a sample takes from the sink's pull to the ear."""
        seconds = self._read / self._ratio.new_rate - latency
        return self.start + max(0, round(seconds * self.source.rate))

    def fill(self, rate: int) -> None:
        """Move all there is room for from the source into the ring of a sink that runs at `rate` Hz."""
        if self._ring is None:
            self._ratio, self._ring = Ratio(self.source.rate, rate), Ring(2, round(RING_SECONDS * rate))
        final = self.source.full or self.source.state != "writing"  # asked first: what is final stays as long as it is
        there = max(0, self.source.written - self.start)
        ready = self._ratio.whole(there) if final else self._ratio.ready(there)
        stop = min(ready, self._put + self._ring.writable)
        fresh = part(self._samples, self._ratio, self._put, stop)
        self._put, self.ended = stop, final and stop == ready
        self._ring.write(fresh)
        if self.ended or self._ring.readable >= PRIME_SECONDS * rate:
            self.primed = True

    def give_back(self, keep: float) -> int:
        """See `Player.recall`."""
        near = round(keep * self._ratio.new_rate)
        if self._ring is not None:
            self._put -= self._ring.take_back(near)
        return self.start + self._ratio.needed(max(self._put, self._read + near))

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

    def _samples(self, start: int, stop: int) -> np.ndarray:
        """Samples [start, stop) of the source, counted from where this voice began, with zeros outside of it."""
        first, last = self.start + start, self.start + stop
        inside = self.source.samples[:, max(0, first) : max(0, min(last, self.source.written))]
        before = max(0, -first)
        return np.pad(inside, ((0, 0), (before, last - first - before - inside.shape[1])))
