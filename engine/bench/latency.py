"""`calm bench --latency`: from Continue to the first generated sample, and from a moved knob to the first sample that
differs for it, both at the callback where a sound card would fetch them.

Everything is real (session, player, model, the default buffer) but the card, which is the null sink. Each move has a
take of its own, heard from the cut on. What would have been heard without the move is written afterwards with the same
seed: the first sample of the two that is not equal is where the move is heard, whatever the engine did to bring it
there. What the card itself holds comes on top (100 ms are asked of it, see `engine.sinks`).

Every other take's prompt was heard ahead, as the window has it once a clip is selected (`engine.ahead`).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from engine.ahead import work_ahead
from engine.bench.prompt import request
from engine.bench.spread import spread
from engine.controls import ControlHistory, Controls
from engine.errors import CalmError
from engine.events import Event, ModelFailed, ModelReady, TakeEnded, TakeFailed, TakeStarted
from engine.model.calm import Model
from engine.playback import Player
from engine.replay import rewrite
from engine.session import Session
from engine.sinks import NullSink, Pull
from engine.take import Take

MOVE = Controls(temperature=1.2)  # from the usual 1.4: all of a frame's noise is scaled, so no sample stays
EARLIEST, LATEST = 0.5, 1.5  # seconds after the cut that a move is made, the buffer being full by then
LISTENED = 1.75  # seconds after a move; without rewriting, one second of buffer and what the player holds come first
TAKE_SECONDS = LATEST + LISTENED + 1.0
MOST_UNDERRUNS = 20
POLL_SECONDS = 0.005  # the window looks every 33 ms
PATIENCE = 60.0
Progress = Callable[[float, float], None]


@dataclass(frozen=True)
class Block:
    """What the callback gave at one moment (seconds of `time.monotonic`): samples (2, n)."""

    moment: float
    samples: np.ndarray


@dataclass
class Recorder:
    """The null sink, and all that it is given from the first sound on."""

    blocks: list[Block] = field(default_factory=list)

    def open(self, pull: Pull) -> NullSink:
        def recorded(out: np.ndarray) -> None:
            moment = time.monotonic()
            pull(out)
            if self.blocks or out.any():
                self.blocks.append(Block(moment, out.T.copy()))

        return NullSink(recorded)


class Watch:
    """Waits for what a session reports. CalmError if that is a failure, or nothing comes for PATIENCE seconds."""

    def __init__(self, session: Session):
        self.session = session
        self._events: list[Event] = []

    def event(self, kind: type[Event]) -> Event:
        """The next event of a kind; those before it are dropped."""
        self.wait(lambda: any(isinstance(event, kind) for event in self._events))
        while not isinstance(event := self._events.pop(0), kind):
            pass
        return event

    def wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not until():
            self._events += self.session.poll()
            for event in self._events:
                if isinstance(event, ModelFailed | TakeFailed):
                    raise CalmError(event.message, event.advice)
            if time.monotonic() > end:
                raise CalmError(f"Nothing happened for {PATIENCE:.0f} s", "Close other programs and try again")
            time.sleep(POLL_SECONDS)


@dataclass(frozen=True)
class Heard:
    """One take in milliseconds: Continue -> first generated sample, and knob -> first sample that differs; and whether
    its prompt was heard ``ahead``."""

    ahead: bool
    first_audio: float
    knob: float


def latency(model: Model, moves: int, progress: Progress, seed: int = 0) -> dict:
    """``moves`` takes, each with one move at a random moment, after one that does not count.

    In milliseconds first_audio_ms, of prompts that were heard ahead and of those that were not, and knob_to_ear_ms,
    mean, p50, p95 and max of each. A take that broke off (an
    underrun) is counted in ``underruns`` and measured again. CalmError if that goes on and on, or nothing is heard.
    """
    chance, heard, underruns = random.Random(seed), [], 0
    session = Session(lambda report: model, ahead=work_ahead)
    watch = Watch(session)
    try:
        watch.event(ModelReady)
        while len(heard) <= moves:
            progress(len(heard), moves + 1)
            one, broke_off = one_take(watch, model, chance, ahead=len(heard) % 2 == 1)
            underruns += broke_off
            heard += [one] if one else []
            if underruns > MOST_UNDERRUNS:
                raise CalmError("The sound breaks off again and again", "Close other programs and try again")
    finally:
        session.close()
    return {
        "device_name": model.info["device_name"],
        "arithmetic": model.steps.name,
        "moves": moves,
        "underruns": underruns,
        "first_audio_ms": {how: spread(times) for how, times in _first_sounds(heard[1:]).items() if times},
        "knob_to_ear_ms": spread([one.knob for one in heard[1:]]),
    }


def _first_sounds(heard: list[Heard]) -> dict[str, list[float]]:
    ways = {"heard ahead": True, "not heard ahead": False}
    return {how: [one.first_audio for one in heard if one.ahead == ahead] for how, ahead in ways.items()}


def one_take(watch: Watch, model: Model, chance: random.Random, ahead: bool) -> tuple[Heard | None, int]:
    """What was heard of one take, None if its sound broke off; and how often that was."""
    wanted = request(model.config.vae.sample_rate, TAKE_SECONDS, Controls(), seed=chance.randrange(2**31))
    recorder = Recorder()
    player = Player(recorder.open)
    try:
        if ahead:
            watch.session.prehear(wanted.prompt)
            watch.wait(lambda: watch.session.has_heard(wanted.prompt))
        asked = time.monotonic()
        job = watch.session.submit(wanted)
        take = watch.event(TakeStarted).take
        player.play(take, take.cut)
        place = take.cut + round(chance.uniform(EARLIEST, LATEST) * take.rate)
        watch.wait(lambda: take.playhead is not None and take.playhead >= place)
        moved = time.monotonic()
        watch.session.box.set(MOVE)
        watch.wait(lambda: time.monotonic() >= moved + LISTENED)
        watch.session.cancel(job)
        watch.event(TakeEnded)
        broke_off = player.underruns
    finally:
        player.close()
    if broke_off:
        return None, broke_off
    changed = first_difference(recorder.blocks, unmoved(model, take))
    if changed < moved:
        raise RuntimeError("the same seed gave other samples before the move")
    return Heard(ahead, 1000 * (recorder.blocks[0].moment - asked), 1000 * (changed - moved)), 0


def unmoved(model: Model, take: Take) -> np.ndarray:
    """The continuation (2, n) as ``take`` would have it without the MOVE; what else was recorded of its controls (the
    steps, if they were lowered) happens again."""
    again, history = Take(take.request, take.id), ControlHistory()
    for frame, controls in take.history.changes:
        history.record(frame, replace(controls, temperature=take.request.controls.temperature))
    for _ in rewrite(model, again, history, threading.Event()):
        if again.written >= take.written:
            break
    return again.samples[:, again.cut : again.written]


def first_difference(blocks: list[Block], expected: np.ndarray) -> float:
    """The moment at which the first sample sounds that is not the expected one; the sink runs at the same rate.

    CalmError if all are equal.
    """
    at = 0
    for block in blocks:
        wanted = expected[:, at : at + block.samples.shape[1]]
        unequal = np.flatnonzero((block.samples[:, : wanted.shape[1]] != wanted).any(axis=0))
        if len(unequal):
            return block.moment + float(unequal[0]) / NullSink.rate
        at += block.samples.shape[1]
    raise CalmError(f"A move was not heard within {LISTENED} s", "Close other programs and try again")
