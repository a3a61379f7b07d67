"""`calm-studio --heartbeat`: what real time asks of the app, in one run: a take is written, played, painted and steered
in the real window while a timer of 10 ms tells how late that is.

What is heard is looked at when the timer comes, so times to the sound are too long by up to 10 ms, never too short.
"""

import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from calm_studio.app import App
from calm_studio.heartbeat import BEAT_MS, beats, lateness
from calm_studio.screenshots import open_example, started, wait
from calm_studio.soak import slope
from engine.bench.machine import in_words as machine_in_words
from engine.bench.machine import machine
from engine.bench.spread import quantile, spread
from engine.errors import CalmError
from engine.events import TakeGrew
from engine.playback import Player
from engine.request import MAX_SECONDS
from engine.take import Take

SEED = 4711
PROMPT_SECONDS = 5.0  # the end of the example
SPARE = 5.0  # seconds that the take is longer, where it may be, than what is measured: written to the end of that
WEIGH_SECONDS = 1.0
PAUSE_SECONDS = (2.0, 6.0)  # between hearing one move of the knob and the next
TEMPERATURES = (140, 100)  # hundredths
WRITER = "calm-session"  # the thread's name
SPEEDS = {"p50": 0.5, "p05": 0.05, "min": 1e-9}
"""Quantiles."""


@dataclass
class Knob:
    """A hand that turns the temperature to and fro, each time once the last move was heard. `delays` in ms tell how
    long each took to its first sample."""

    app: App
    player: Player
    take: Take
    delays: list[float] = field(default_factory=list)

    def __post_init__(self):
        self._chance, self._since, self._frame = random.Random(SEED), None, -1
        self._due = time.monotonic() + PAUSE_SECONDS[0]

    def look(self) -> None:
        """To be called at every beat."""
        now = time.monotonic()
        if self._since is None and now >= self._due:
            self._turn()
        elif self._since is not None and self._is_heard():
            self.delays.append(1000 * (now - self._since))
            self._since, self._due = None, now + self._chance.uniform(*PAUSE_SECONDS)

    def _turn(self) -> None:
        track = self.app.window.controls.temperature.track
        wanted = TEMPERATURES[track.value() == TEMPERATURES[0]]
        self._since, self._wanted = time.monotonic(), wanted / 100
        track.setValue(wanted)

    def _is_heard(self) -> bool:
        take, position = self.take, self.player.position
        drawn = (at for at, used in take.history.changes if at > self._frame and used.temperature == self._wanted)
        frame = next(drawn, len(take.borders))
        if position is None or frame >= len(take.borders) or position < take.borders[frame]:
            return False
        self._frame = frame
        return True


@dataclass
class Log:
    """What came of the take so far: the `speeds` of its frames, their `steps`, how many the governor had `lowered`, the
    `samples` that were written, those written anew counted again, and every WEIGH_SECONDS the `minutes` since it began,
    the memory of the process in MB as `whole`, and that `without` what grows with a take by design: its samples, and
    the snapshots that it can be forked from, up to `engine.trail.MOST_BYTES`."""

    app: App
    take: Take
    speeds: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    lowered: int = 0
    samples: int = 0
    minutes: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    without: list[float] = field(default_factory=list)

    def __post_init__(self):
        self._process, self._begun = psutil.Process(), time.monotonic()
        self._last, self._written = None, self.take.written

    def look(self) -> None:
        """To be called at every beat."""
        growth, written = self.app.state.lane.growth, self.take.written
        self.samples += max(0, written - self._written)
        self._written = written
        if growth is not self._last:
            self._note(growth)
        if time.monotonic() - self._begun >= WEIGH_SECONDS * len(self.minutes):
            self.weigh()

    def _note(self, growth: TakeGrew) -> None:
        self._last = growth
        self.speeds.append(growth.x_real_time)
        self.steps.append(growth.controls.steps)
        self.lowered += growth.lowered

    def weigh(self) -> None:
        held = self._process.memory_info().rss
        self.minutes.append((time.monotonic() - self._begun) / 60)
        self.whole.append(held / 1e6)
        of_take = self.take.samples[:, : self.take.written].nbytes + self.take.trail.bytes
        self.without.append((held - of_take) / 1e6)

    def memory_mb(self) -> dict:
        """At the start, at the end and at most; and what it grew by in a minute, but for what grows by design."""
        rate = slope(self.minutes, self.without)
        ends = {"start": self.whole[0], "end": self.whole[-1], "max": max(self.whole)}
        return {what: round(size) for what, size in ends.items()} | {"slope": None if rate is None else round(rate, 2)}


def measure(app: App, player: Player, examples: Path, seconds: float) -> dict:
    """Continue the end of an example, listen for so many `seconds` after the cut, and turn a knob meanwhile.

    delay_ms is the spread of `lateness`, with p99; window_cpu the share of a core that the window's thread took, the
    timer's own beats included; underruns count what broke off. x_real_time: what the last 25 frames took (waiting is no
    work, sharing the cores with the window is), over the run; x_of_a_core: seconds written over the processor time of
    the thread that writes, whatever else it does. first_sound_ms: from the click, of a prompt that was heard ahead, to
    the first new samples in the take; knob_to_ear_ms: from a move to when the first sample drawn so is heard, which is
    output_latency_ms after the output asks for it; steps: the fewest that a frame was drawn with, and the share of
    frames for which the governor had lowered them; memory_mb is as `Log` has it. Raises CalmError when there is no
    example, the model does not work, or `seconds` are too many.
    """
    if not 0 < seconds <= MAX_SECONDS:
        raise CalmError(f"{seconds:g} seconds cannot be measured", f"Choose up to {MAX_SECONDS:g} seconds")
    app.window.show()
    take, first_sound = begin(app, examples, seconds)
    wait(app, "Listening to the prompt", lambda: take.playhead is not None and take.playhead >= take.cut)
    log, knob, around = Log(app, take), Knob(app, player, take), machine()
    before, worked, wrote = player.underruns, time.thread_time(), writer_seconds()
    late = lateness(beats(seconds, lambda: (log.look(), knob.look())))
    log.weigh()
    return {
        "seconds": seconds,
        "device": app.state.model.device_name,
        "machine": around | {"load": [around["load"], machine()["load"]]},
        "buffer_s": app.desk.session.box.governor.lead,
        "delay_ms": spread(late) | {"p99": round(quantile(late, 0.99), 2)},
        "window_cpu": round((time.thread_time() - worked) / seconds, 3),
        "underruns": player.underruns - before,
        "x_real_time": {of: round(quantile(log.speeds, share), 2) for of, share in SPEEDS.items()},
        "x_of_a_core": round(log.samples / take.rate / max(writer_seconds() - wrote, 0.01), 2),
        "first_sound_ms": round(first_sound, 1),
        "knob_to_ear_ms": spread(knob.delays) | {"moves": len(knob.delays)} if knob.delays else None,
        "output_latency_ms": round(1000 * player.latency, 1),
        "steps": {"fewest": min(log.steps), "lowered": round(log.lowered / len(log.steps), 3)},
        "memory_mb": log.memory_mb(),
    }


def begin(app: App, examples: Path, seconds: float) -> tuple[Take, float]:
    """The take, and the ms from the click on Continue until the window knew of the first new samples."""
    open_example(app, examples)
    end = app.state.clip.stop
    app.window.timeline.trimmed.emit(max(0.0, end - PROMPT_SECONDS), end)
    app.window.controls.length.set_seconds(min(seconds + SPARE, MAX_SECONDS))
    session = app.desk.session
    wait(app, "Hearing it ahead", lambda: app.state.clip.heard and session.has_heard(app.state.clip.prompt))
    clicked = []

    def click() -> None:
        clicked.append(time.monotonic())
        app.window.controls.continue_button.click()

    take = started(app, SEED, click)
    return take, 1000 * (time.monotonic() - clicked[0])


def writer_seconds() -> float:
    """Processor time of the thread that writes takes."""
    writers = {thread.native_id for thread in threading.enumerate() if thread.name == WRITER}
    return sum(each.user_time + each.system_time for each in psutil.Process().threads() if each.id in writers)


def in_words(result: dict) -> str:
    """Several lines."""
    around, delay, speed, knob, memory = (
        result[of] for of in ("machine", "delay_ms", "x_real_time", "knob_to_ear_ms", "memory_mb")
    )
    load = "{} before and {} after".format(*around["load"])
    moved = knob and (
        f"mean {knob['mean']} ms, p50 {knob['p50']}, p95 {knob['p95']}, at most {knob['max']}; {knob['moves']} moves, "
        f"{result['output_latency_ms']} ms of each in the output"
    )
    return "\n".join(
        (
            machine_in_words(around | {"load": load}) + f", {result['device']}, a buffer of {result['buffer_s']:g} s",
            f"{result['seconds']:g} s written at {speed['p50']} x real time, {speed['p05']} or more in 95 % of it, "
            f"never less than {speed['min']}; {result['x_of_a_core']} x with a core to itself; "
            f"{result['underruns']} underruns, fewer steps than asked for in "
            f"{result['steps']['lowered']:.1%} of the frames, {result['steps']['fewest']} at least",
            f"a timer of {BEAT_MS:g} ms came {delay['mean']} ms late in the mean, p50 {delay['p50']}, "
            f"p95 {delay['p95']}, p99 {delay['p99']}, at most {delay['max']}; "
            f"the window's thread took {result['window_cpu']:.0%} of a core",
            f"Continue to the first new sound {result['first_sound_ms']} ms; knob to sound {moved or 'not measured'}",
            f"memory {memory['start']} MB at the start, {memory['end']} at the end, {memory['max']} at most; "
            + ("too short for a slope" if memory["slope"] is None else f"{memory['slope']} MB a minute")
            + " besides the take's samples and snapshots",
        )
    )
