"""The engine's one worker thread: it loads the model, then works through the jobs it is given, one at a time. A job is
a take, or some that are written together.

Threads: all public names are for any other thread; of these only `close` waits, until the thread has ended. `_changed`
guards all that is shared. Samples do not pass through here: they are read from the take.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence

from engine.ahead import Ahead, Hearing, Retracing, nothing
from engine.attempt import attempt
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.events import Event, ModelFailed, ModelLoading, ModelReady, TakeEnded, TakeFailed, TakeGrew, TakeStarted
from engine.governor import Governor
from engine.job import Job, Line, Speed
from engine.request import Place, Prompt, Request
from engine.rows import Row, check_together
from engine.take import Take
from engine.trail import Trail

MAX_WAITING = 16  # takes
MAX_EVENTS = 256  # while so many lie unread, news of progress is dropped; everything else is kept, two events a take

Load = Callable[[Callable[[float, float, str], None]], object]


def _generate(model, rows: Sequence[Row], stop: threading.Event) -> Iterator:
    """The main path, imported only here, in the session's thread: it brings torch with it."""
    from engine.generate import generate_rows

    return generate_rows(model, rows, stop)


class Session:
    """Continues music in the background. Call `poll` regularly to hear what happens, and `close` at the end.

    `load` is called once, in the session's thread, with a function to report progress to (megabytes done, megabytes in
    all, what is being done); it returns the model. `generate` and `ahead` are `engine.generate.generate_rows` and
    `engine.ahead.work_ahead`, or stand in for them. Every submitted take ends with exactly one TakeEnded or TakeFailed.
    `box` holds the live controls of a take that is written alone, or of the first of some, and the governor of all,
    both to be replaced at any time; the governor stays from job to job. The others' are in boxes of their own
    (`box_of`). Takes written here can be forked as long as their `trail` lasts (`engine.trail`). `on_take`, to be set
    before the first job, is called in the session's thread with each take before it is written, and the model's info.
    """

    def __init__(self, load: Load, generate=_generate, ahead=nothing):
        self.box = ControlBox(Controls(), Governor())
        self.on_take: Callable[[Take, dict], None] = lambda take, info: None
        self._trail = Trail()
        self._load = load
        self._generate, self._work_ahead = generate, ahead
        self._model = None
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._ahead = Ahead()
        self._events: list[Event] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="calm-session")
        self._thread.start()

    def submit(self, request: Request) -> int:
        """Queue a continuation and return its job number, which is also its take's id.

        When its turn comes, `box` is set to the request's controls. Raises CalmError if too many jobs wait, and
        RuntimeError after `close`.
        """
        return self.submit_variations([request])[0]

    def submit_variations(self, requests: Sequence[Request]) -> list[int]:
        """Queue 1 to 4 continuations that are written together, and return a number for each, as `submit` does.

        They are the same but for seeds, controls and text; else CalmError. The one that is heard sets the pace of all.
        """
        check_together(requests)
        with self._changed:
            if self._closing.is_set():
                raise RuntimeError("the session is closed")
            if sum(len(job.lines) for job in self._waiting) + len(requests) > MAX_WAITING:
                raise CalmError(
                    f"{MAX_WAITING} continuations are waiting already",
                    "Let one of them finish, or stop one, and try again",
                )
            job = Job([Line(next(self._numbers), request) for request in requests])
            self._waiting.append(job)
            self._ahead.give_way(requests[0].prompt)
            self._changed.notify()
        return [line.number for line in job.lines]

    def prehear(self, prompt: Prompt) -> None:
        """Hear a prompt when there is nothing to write, so that a take of it begins at once. The last one asked for
        counts, a job for another one breaks it off, and one that cannot be continued is passed over."""
        with self._changed:
            self._ahead.ask(prompt)
            self._changed.notify()

    def retrace(self, take: Take) -> None:
        """Go over a take that came out of a project, when there is nothing to write or to hear, so that it can be
        forked (`engine.trail.can_fork`). For one that the very model made that is loaded here, on such a machine. The
        last one asked for counts, and any job breaks it off."""
        take.trail = self._trail
        with self._changed:
            self._ahead.trace(take)
            self._changed.notify()

    def has_heard(self, prompt: Prompt) -> bool:
        """Whether a take of the prompt would begin at once."""
        return self._trail.heard(prompt) is not None

    def box_of(self, job: int) -> ControlBox:
        """The box with the live controls of a take that is being written; `box`, if there is none of that number."""
        with self._changed:
            line = self._running.line(job) if self._running else None
            return line.row.box if line and line.row else self.box

    @property
    def info(self) -> dict | None:
        """What `engine.weights` says of the model, as recipes need it; None until it is loaded."""
        return None if self._model is None else self._model.info

    def take_number(self) -> int:
        """A number for a take that no job makes, such as one that comes out of a file; no job will have it."""
        return next(self._numbers)

    def cancel(self, job: int) -> None:
        """Stop a take, or take it off the queue; what was made is kept, and no TakeGrew of it is seen from now on.

        Those that are written together with it go on. A take that has ended is left as it is.
        """
        with self._changed:
            for waiting in [each for each in self._waiting if each.line(job)]:
                self._take_off(waiting, waiting.line(job))
            if self._running and (line := self._running.line(job)):
                line.stop.set()
                self._events = [e for e in self._events if not (isinstance(e, TakeGrew) and e.job == job)]
                if all(other.stop.is_set() for other in self._running.lines):
                    self._running.stop.set()

    def poll(self) -> list[Event]:
        """What happened since the last call, oldest first."""
        with self._changed:
            events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Stop everything, keeping what was made, and wait for the thread to end."""
        with self._changed:
            self._closing.set()
            self._ahead.give_way(None)
            for job in [*self._waiting, *([self._running] if self._running else [])]:
                for line in list(job.lines):
                    self.cancel(line.number)
            self._changed.notify()
        self._thread.join()

    def _take_off(self, job: Job, line: Line) -> None:
        job.lines.remove(line)
        if not job.lines:
            self._waiting.remove(job)
        self._events.append(TakeEnded(line.number, "stopped"))

    # The rest runs in the session's thread.

    def _run(self) -> None:
        problem = attempt(self._load_model)
        if problem:
            self._emit(ModelFailed(problem.message, problem.advice))
        while job := self._next():
            if isinstance(job, Job):
                self._end(job, problem or attempt(self._write, job))
            else:
                problem or attempt(self._work_ahead, self._model, job, self._trail)

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
                text_off=info["text_off"],
            )
        )

    def _on_load_progress(self, done_mb: float, total_mb: float, note: str) -> None:
        if self._closing.is_set():
            raise CalmError("Loading was broken off", "Start the app again to load the model")
        self._emit(ModelLoading(done_mb, total_mb, note))

    def _next(self) -> Job | Hearing | Retracing | None:
        """Wait for a job and make it the running one, or for work ahead; None once the session closes."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._ahead.idle or self._closing.is_set())
            if self._closing.is_set():
                return None
            if not self._waiting:
                return self._ahead.begin()
            self._running = self._waiting.pop(0)
            return self._running

    def _write(self, job: Job) -> None:
        rows = self._begin(job)
        speeds = [Speed(row.take) for row in rows]
        for frames in self._generate(self._model, rows, job.stop):
            for line, speed, frame in zip(job.lines, speeds, frames, strict=True):
                if not line.stop.is_set():
                    speed.add(frame.work)
                    self._report(line, frame, speed.x_real_time)
                elif not line.ended and not job.stop.is_set():
                    self._end_line(line, None)

    def _begin(self, job: Job) -> list[Row]:
        """Make the takes and tell of them."""
        for index, line in enumerate(job.lines):
            take = Take(line.request, line.number, Place(index, len(job.lines)))
            take.trail = self._trail
            box = ControlBox(line.request.controls) if index else self.box
            box.set(line.request.controls)
            box.take_wish()  # one of the job before
            line.row = Row(take, box, line.stop)
            self.on_take(take, self._model.info)
            self._emit(TakeStarted(line.number, take))
        return [line.row for line in job.lines]

    def _report(self, line: Line, frame, x_real_time: float) -> None:
        take, lowered = line.row.take, frame.controls.steps < frame.wanted.steps
        grew = TakeGrew(line.number, frame.index, take.written, frame.controls, x_real_time, take.ahead, lowered)
        with self._changed:
            if not line.stop.is_set() and take.written > take.cut:  # the first frame lies within the decoder's delay
                self._emit(grew)

    def _end(self, job: Job, failure: CalmError | None) -> None:
        with self._changed:
            self._running = None
            for line in job.lines:
                if not line.ended:
                    self._end_line(line, failure)

    def _end_line(self, line: Line, failure: CalmError | None) -> None:
        reason = "finished" if line.row and line.row.take.full else "stopped"
        line.ended = True
        if line.row:
            line.row.take.state = "failed" if failure else reason
        self._emit(
            TakeFailed(line.number, failure.message, failure.advice) if failure else TakeEnded(line.number, reason)
        )

    def _emit(self, event: Event) -> None:
        with self._changed:
            if isinstance(event, TakeGrew | ModelLoading) and len(self._events) >= MAX_EVENTS:
                return
            self._events.append(event)
