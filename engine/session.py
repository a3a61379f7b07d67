"""The engine's one worker thread: it loads the model, then works through the jobs it is given, one at a time.

Threads: all public names are for any other thread; of these only `close` waits, until the thread has ended. `_changed`
guards all that is shared. Samples do not pass through here: they are read from the take.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.events import Event, ModelFailed, ModelLoading, ModelReady, TakeEnded, TakeFailed, TakeGrew, TakeStarted
from engine.governor import Governor
from engine.request import Request
from engine.take import Take
from engine.trail import Trail

MAX_WAITING = 16  # jobs
MAX_EVENTS = 256  # while so many lie unread, news of progress is dropped; everything else is kept, two events a job
SPEED_WINDOW = 25  # frames: about one second of audio

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Job:
    number: int
    request: Request
    stop: threading.Event = field(default_factory=threading.Event)
    take: Take | None = None


def _generate(model, take: Take, box: ControlBox, stop: threading.Event) -> Iterator:
    """The main path, imported only here, in the session's thread: it brings torch with it."""
    from engine.generate import generate

    return generate(model, take, box, stop)


class Session:
    """Continues music in the background. Call `poll` regularly to hear what happens, and `close` at the end.

    `load` is called once, in the session's thread, with a function to report progress to (megabytes done, megabytes in
    all, what is being done); it returns the model. `generate` is `engine.generate.generate`, or stands in for it.
    Every submitted job ends with exactly one TakeEnded or TakeFailed. `box` holds the live controls and the governor,
    both to be replaced at any time; the governor stays from job to job. Takes written here can be forked as long as
    their `trail` lasts (`engine.trail`).
    """

    def __init__(self, load: Callable[[Callable[[float, float, str], None]], object], generate=_generate):
        self.box = ControlBox(Controls(), Governor())
        self._trail = Trail()
        self._load = load
        self._generate = generate
        self._model = None
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._waiting: dict[int, _Job] = {}
        self._running: _Job | None = None
        self._events: list[Event] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="calm-session")
        self._thread.start()

    def submit(self, request: Request) -> int:
        """Queue a continuation and return its job number, which is also its take's id.

        When its turn comes, `box` is set to the request's controls. Raises CalmError if too many jobs wait, and
        RuntimeError after `close`.
        """
        with self._changed:
            if self._closing.is_set():
                raise RuntimeError("the session is closed")
            if len(self._waiting) == MAX_WAITING:
                raise CalmError(
                    f"{MAX_WAITING} continuations are waiting already",
                    "Let one of them finish, or stop one, and try again",
                )
            job = _Job(next(self._numbers), request)
            self._waiting[job.number] = job
            self._changed.notify()
        return job.number

    @property
    def info(self) -> dict | None:
        """What `engine.weights` says of the model, as recipes need it; None until it is loaded."""
        return None if self._model is None else self._model.info

    def take_number(self) -> int:
        """A number for a take that no job makes, such as one that comes out of a file; no job will have it."""
        return next(self._numbers)

    def cancel(self, job: int) -> None:
        """Stop a job, or take it off the queue; what was made is kept, and no TakeGrew of it is seen from now on.

        A job that has ended is left as it is.
        """
        with self._changed:
            if self._waiting.pop(job, None):
                self._events.append(TakeEnded(job, "stopped"))
            elif self._running and self._running.number == job:
                self._running.stop.set()
                self._events = [e for e in self._events if not (isinstance(e, TakeGrew) and e.job == job)]

    def poll(self) -> list[Event]:
        """What happened since the last call, oldest first."""
        with self._changed:
            events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Stop everything, keeping what was made, and wait for the thread to end."""
        with self._changed:
            self._closing.set()
            for job in [*self._waiting, *([self._running.number] if self._running else [])]:
                self.cancel(job)
            self._changed.notify()
        self._thread.join()

    # The rest runs in the session's thread.

    def _run(self) -> None:
        problem = _attempt(self._load_model)
        if problem:
            self._emit(ModelFailed(problem.message, problem.advice))
        while job := self._next_job():
            failure = problem or _attempt(self._write, job)
            self._end(job, failure)

    def _load_model(self) -> None:
        self._model = self._load(self._on_load_progress)
        info = self._model.info
        self._emit(
            ModelReady(
                name=info["name"],
                device=info["device"],
                device_name=info["device_name"],
                parameters=sum(info["parameters"].values()),
                memory_mb=info["memory_mb"],
                license=info["license"],
            )
        )

    def _on_load_progress(self, done_mb: float, total_mb: float, note: str) -> None:
        if self._closing.is_set():
            raise CalmError("Loading was broken off", "Start the app again to load the model")
        self._emit(ModelLoading(done_mb, total_mb, note))

    def _next_job(self) -> _Job | None:
        """Wait for a job and make it the running one; None once the session closes."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing.is_set())
            if self._closing.is_set():
                return None
            self._running = self._waiting.pop(next(iter(self._waiting)))
            return self._running

    def _write(self, job: _Job) -> None:
        job.take = take = Take(job.request, job.number)
        take.trail = self._trail
        self.box.set(job.request.controls)
        self._emit(TakeStarted(job.number, take))
        speed = _Speed(take)
        for frame in self._generate(self._model, take, self.box, job.stop):
            speed.add(frame.work)
            lowered = frame.controls.steps < frame.wanted.steps
            self._emit(
                TakeGrew(job.number, frame.index, take.written, frame.controls, speed.x_real_time, take.ahead, lowered)
            )

    def _end(self, job: _Job, failure: CalmError | None) -> None:
        reason = "finished" if job.take and job.take.full else "stopped"
        if job.take:
            job.take.state = "failed" if failure else reason
        with self._changed:
            self._running = None
            self._emit(
                TakeFailed(job.number, failure.message, failure.advice) if failure else TakeEnded(job.number, reason)
            )

    def _emit(self, event: Event) -> None:
        with self._changed:
            if isinstance(event, TakeGrew) and self._running.stop.is_set():
                return
            if isinstance(event, TakeGrew | ModelLoading) and len(self._events) >= MAX_EVENTS:
                return
            self._events.append(event)


class _Speed:
    """How fast a take is written: seconds of audio per second of work over the last SPEED_WINDOW frames. A frame for
    which the take went back counts as work alone."""

    def __init__(self, take: Take):
        self._take = take
        self._written = take.written
        self._frames = deque([], maxlen=SPEED_WINDOW)

    def add(self, work: float) -> None:
        """Count one more frame, already in the take, that took `work` seconds."""
        self._frames.append((max(0, self._take.written - self._written), work))
        self._written = self._take.written

    @property
    def x_real_time(self) -> float:
        samples, work = map(sum, zip(*self._frames, strict=True))
        return samples / self._take.rate / work


def _attempt(work: Callable[..., None], *args) -> CalmError | None:
    """The thread's one exception boundary: do `work`; what goes wrong comes back in words for the user."""
    try:
        work(*args)
    except Exception as error:  # noqa: BLE001
        return _in_words(error)
    return None


def _in_words(error: Exception) -> CalmError:
    """A fresh error without a traceback, so that nothing the work had in memory outlives it."""
    if isinstance(error, CalmError):
        return CalmError(error.message, error.advice)
    log.error("unexpected error in the session", exc_info=error)
    if _out_of_memory(error):
        return CalmError(
            "The memory ran out", "Use a shorter prompt, close other programs, or choose the CPU as the device"
        )
    return CalmError(
        f"Something unexpected went wrong ({type(error).__name__}: {error})",
        "Try again; if it happens again, start the app anew and report these words",
    )


def _out_of_memory(error: Exception) -> bool:
    """Told by the words, since torch has one type for CUDA and only RuntimeError for the others."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in words or "can't allocate memory" in words
