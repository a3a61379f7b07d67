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
from engine.sinks import Pull, Sink, open_output
from engine.voice import Source, Turn, Voice

HEARD_SECONDS = 0.5  # that `Player.heard` gives at most: a listener that comes later than that has missed some
_REFILL_SECONDS = 0.02
_PRIMING_SECONDS = 0.004  # the same while sound waits for its first frames, so that it starts as soon as they come
_IDLE_SECONDS = 1.0  # until it is looked whether the device is still there, while nothing plays


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

    def __init__(self, open_sink: Callable[[Pull], Sink] = open_output):
        self._open_sink = open_sink
        self._sink: Sink | None = None
        self._voice: Voice | None = None
        self._told: Source | None = None  # who knows that it sounds
        self._listened: tuple[Voice | None, int] = (None, 0)
        self._outdated = False  # the sink is not what is wanted any more
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
                voice.fill(sink.rate, sink.latency)
        self._wake.set()

    def reopen(self, open_sink: Callable[[Pull], Sink]) -> None:
        """Let go of the sink, and go on in what `open_sink` opens: now, and whenever that is lost."""
        self._open_sink, self._outdated = open_sink, True
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

    @property
    def rate(self) -> int:
        """Of what sound goes to, in Hz; 0 until it is open."""
        return 0 if self._sink is None else self._sink.rate

    @property
    def latency(self) -> float:
        """Seconds from when it asks for sound to when that is heard; 0 until it is open."""
        return 0.0 if self._sink is None else self._sink.latency

    def heard(self) -> Audio | None:
        """What was heard since the last call, at the source's rate, but for what lies more than HEARD_SECONDS back;
        None while nothing plays. For one thread only."""
        voice, position = self._voice, self.position
        before, since = self._listened
        self._listened = (voice, position or 0)
        if voice is None or position is None:
            return None
        since = max(since if before is voice else voice.start, position - round(HEARD_SECONDS * voice.rate))
        return Audio(voice.sound(since, position), voice.rate)

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
            if self._outdated or not self._sink.alive:
                self._reopen()
            voice = self._voice
            if voice is None:
                self._tell(None)
                self._wake.wait(_IDLE_SECONDS)
            else:
                self._tend(voice)
                self._wake.wait(_REFILL_SECONDS if voice.primed else _PRIMING_SECONDS)
            self._wake.clear()
        self._sink.close()
        self._tell(None)

    def _tend(self, voice: Voice) -> None:
        """Keep `voice` supplied and its source informed."""
        if voice.done:
            self._replace(voice, None)
        else:
            with self._feeding:
                voice.fill(self._sink.rate, self._sink.latency)
            self._tell(voice, voice.heard(self._sink.latency))

    def _tell(self, voice: Voice | None, heard: int = 0) -> None:
        """Tell the source that sounds, and the one that did before."""
        before, self._told = self._told, None if voice is None else voice.source_at(heard)
        if self._told is not None:
            self._told.playhead, self._told.reader = heard, self
        if before is not None and before is not self._told:
            before.playhead = before.reader = None

    def _reopen(self) -> None:
        """Open another sink and go on where this one broke off."""
        self._outdated = False
        latency = self._sink.latency
        self._sink.close()
        self._starved += self._sink.underflows  # no callback runs between two sinks, so nobody else counts now
        if self._voice is not None:
            self._voice.primed = False  # the new sink is to take nothing of what was meant for the old one
        self._sink = self._open_sink(self._pull)
        with self._feeding:
            voice = self._voice
            if voice is not None:
                self._replace(voice, Voice(voice.turns, voice.heard(latency)))
