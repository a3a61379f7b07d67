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

import numpy as np

from engine.audio import Audio, stereo
from engine.sinks import Pull, Sink, open_default_sink
from engine.voice import Source, Turn, Voice

METER_SECONDS = 0.05
_REFILL_SECONDS = 0.02


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
        self._voice: Voice | None = None
        self._told: Source | None = None  # who knows that it sounds
        self._starved = 0
        self._swap, self._feeding = threading.Lock(), threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._feeder = threading.Thread(target=self._feed, name="player", daemon=True)
        self._feeder.start()

    def play(self, source: Source, start: int = 0) -> None:
        """Sound `source` from sample `start` on, in place of what sounds now; samples yet to be written are awaited."""
        self._put(Voice((Turn(start, source),), start))

    def stop(self) -> None:
        self._put(None)

    def seek(self, sample: int) -> None:
        """Go on from `sample` of the source that sounds, or is about to; nothing when none does."""
        voice = self._voice
        if voice is not None:
            self._replace(voice, Voice((Turn(sample, voice.turns[-1].source),), sample))

    def swap(self, source: Source, at: int | None = None) -> None:
        """From sample `at` on, or from the next that is not with the device yet, let `source` sound in place of what
        sounds now: at the same sample, without a gap, faded in over 10 ms. The last word counts: a swap that was to
        come later is forgotten. Nothing when nothing sounds. ValueError for a source of another rate.
        """
        with self._feeding:
            voice, sink = self._voice, self._sink
            if voice is None:
                return
            if source.rate != voice.rate:
                raise ValueError(f"a source of {source.rate} Hz cannot take over from one of {voice.rate} Hz")
            voice.swap(source, voice.start if at is None else at)
            if sink is not None:
                voice.fill(sink.rate)
        self._wake.set()

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
            sounds = voice is not None and any(turn.source is source for turn in voice.turns)
            yield voice.give_back(keep) if sounds else None

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
        since = max(voice.start, position - round(METER_SECONDS * voice.rate))
        left, right = np.abs(voice.source_at(position).samples[:, since:position]).max(axis=1, initial=0.0)
        return float(left), float(right)

    def _put(self, voice: Voice | None) -> None:
        with self._swap:
            self._voice = voice
        self._wake.set()

    def _replace(self, old: Voice, new: Voice | None) -> None:
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
        while not self._closing:
            voice = self._voice
            if voice is None:
                self._tell(None)
                self._wake.wait()
            else:
                self._tend(voice)
                self._wake.wait(_REFILL_SECONDS)
            self._wake.clear()
        self._sink.close()
        self._tell(None)

    def _tend(self, voice: Voice) -> None:
        """Keep `voice` supplied, its source informed, and its device present."""
        if not self._sink.alive:
            self._reopen(voice)
        elif voice.done:
            self._replace(voice, None)
        else:
            with self._feeding:
                voice.fill(self._sink.rate)
            self._tell(voice, voice.heard(self._sink.latency))

    def _tell(self, voice: Voice | None, heard: int = 0) -> None:
        """Tell the source that sounds, and the one that did before."""
        before, self._told = self._told, None if voice is None else voice.source_at(heard)
        if self._told is not None:
            self._told.playhead, self._told.reader = heard, self
        if before is not None and before is not self._told:
            before.playhead = before.reader = None

    def _reopen(self, voice: Voice) -> None:
        """After the device was lost: open another and go on where this one broke off."""
        heard = voice.heard(self._sink.latency)
        self._sink.close()
        self._starved += self._sink.underflows  # no callback runs between two sinks, so nobody else counts now
        self._sink = self._open_sink(self._pull)
        with self._feeding:
            self._replace(voice, Voice(voice.turns, heard))
