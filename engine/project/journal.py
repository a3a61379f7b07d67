"""The journal: keeps every frame of the takes that are written, within a moment of its being made.

Threads: `follow`, `adopt`, `name_of` and `sounds` are for any thread and never wait for the disk, but for `sounds`. One
thread of the journal's own looks at the takes every PERIOD and appends what is new; what goes back in a take goes back
in its file (`frames.py`). A take's writer calls `wait_for` before each frame: a fast one on a busy machine left this
thread behind by 1.2 s of music, and while other programs held up the disk a take of 0.8 s had no folder yet. Handing
bytes to the system is enough to outlive this process; another thread asks it once a second to have them on the disk,
against power cuts.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from engine.attempt import attempt
from engine.controls import Controls
from engine.errors import CalmError
from engine.export.whole_file import explain
from engine.project.disk import make_folder, sync, write_over
from engine.project.frames import Kept, packed
from engine.project.sounds import Sounds
from engine.project.take_file import take_file, to_json
from engine.take import Take

PERIOD = 0.02  # seconds between two looks: half a frame
SYNC_PERIOD = 1.0
RETRY_PERIOD = 1.0  # after the disk has refused something
PATIENCE = 1.0  # seconds that a writer waits for a disk that does not answer; longer would be noticed after Continue
RESERVE = 0.25  # seconds of unheard sound that it keeps meanwhile, so that nothing runs dry
MOST_AT_ONCE = 50  # frames that are written together: a fork copies minutes of its parent


@dataclass(eq=False)
class Line:
    """A take that is followed: its folder, what was written of it, and how often it had gone back by then."""

    take: Take
    info: dict | None
    name: str
    next: int = 0
    seen: int = 0
    told: tuple | None = None
    synced: bool = True
    failed: bool = False
    file: BinaryIO | None = None
    size: int = 0

    @property
    def whole(self) -> bool:
        """Whether all that is written is kept, and there is a place for what comes; read by the take's writer."""
        if self.told is None:
            return False
        borders = self.take.borders
        sounding = len(borders) - bool(borders and borders[-1] == self.take.written)
        return min([self.next, *self.take.rewinds[self.seen :]]) >= sounding


class Journal:
    """Writes into the project at `folder`, which is held by the caller. `on_error` is called in the journal's thread
    when keeping fails, once until it works again; nothing is lost meanwhile, as takes are in memory too."""

    def __init__(self, folder: Path, on_error: Callable[[CalmError], None]):
        self.folder, self.sounds = folder, Sounds(folder)
        self._on_error = on_error
        self._names: dict[int, str] = {}
        self._lines: list[Line] = []
        self._changed = threading.Condition()
        self._last = max((int(path.name) for path in (folder / "takes").glob("[0-9]*")), default=0)
        self._closing, self._failed = False, False
        self._wanted, self._slow = False, False
        self._syncing = ThreadPoolExecutor(1, thread_name_prefix="journal-sync")
        self._synced, self._sync = time.monotonic(), Future()
        self._sync.set_result(None)
        self._thread = threading.Thread(target=self._run, name="journal")
        self._thread.start()

    def follow(self, take: Take, info: dict | None) -> str:
        """Keep `take` and all that will be written of it; `info` is that of the model that writes it. Returns the name
        of its folder, also for a take that is followed already."""
        with self._changed:
            if take.id not in self._names:
                self._last += 1
                self._names[take.id] = f"{self._last:04d}"
                self._lines.append(Line(take, info, self._names[take.id]))
                take.keepers.append(self)
                self._changed.notify_all()
            return self._names[take.id]

    def wait_for(self, take: Take) -> None:
        """Wait until all of `take` is kept. For its writer, which goes on all the same where the disk fails or does not
        answer, while there is still RESERVE to be heard."""
        ahead = take.ahead
        with self._changed:
            line = next((line for line in self._lines if line.take is take), None)
            if line is None or line.whole or line.failed or self._slow:
                return
            patience = PATIENCE if ahead is None else ahead - RESERVE
            if patience <= 0.0:
                return
            self._wanted = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: line.whole or line.failed or self._closing, patience)
            self._slow = not done

    def adopt(self, take: Take, name: str) -> None:
        """`take` was read from the folder `name` of this project: it is kept already."""
        with self._changed:
            self._names[take.id] = name

    def name_of(self, take_id: int) -> str | None:
        """The name of its folder in `takes`."""
        return self._names.get(take_id)

    @property
    def names(self) -> tuple[str, ...]:
        """Of all takes there ever were."""
        with self._changed:
            return tuple(self._names.values())

    def catch_up(self) -> bool:
        """Wait until all that is finished is kept; whether it is. For a thread that may wait."""
        with self._changed:
            self._changed.wait_for(lambda: self._failed or not self._unfinished())
            return not self._failed

    def close(self) -> None:
        """Keep what there is and end. The takes that are still written are kept as they are now."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        for line in self._lines:
            if line.file is not None:
                self._syncing.submit(self._sync_and_close, line)
        self._syncing.shutdown()

    # The rest runs in the journal's thread.

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines or self._closing)
                lines, last = list(self._lines), self._closing
                self._wanted = False
            problems = [problem for line in lines if (problem := self._attempt(line))]
            if problems and not self._failed:
                first = problems[0]
                self._on_error(CalmError(f"New sound is not kept on the disk. {first.message}", first.advice))
            self._failed = bool(problems)
            self._sync_now_and_then(lines)
            with self._changed:
                self._slow = False
                self._changed.notify_all()
                if last:
                    return
                period = RETRY_PERIOD if self._failed else PERIOD
                self._changed.wait_for(lambda: self._closing or self._wanted, period)

    def _attempt(self, line: Line) -> CalmError | None:
        """The thread's exception boundary: what goes wrong is told, and tried again."""
        ended = line.take.state != "writing"
        problem = attempt(keep, line, self.folder / "takes" / line.name, self.sounds)
        line.failed = bool(problem)
        if ended and not problem:
            with self._changed:
                self._lines.remove(line)
            self._syncing.submit(self._sync_and_close, line)
        return problem

    def _unfinished(self) -> list[Line]:
        return [line for line in self._lines if line.take.state != "writing" or not line.told]

    def _sync_now_and_then(self, lines: list[Line]) -> None:
        if self._sync.done() and time.monotonic() - self._synced >= SYNC_PERIOD:
            self._synced = time.monotonic()
            self._sync = self._syncing.submit(self._sync_all, [line for line in lines if line in self._lines])

    # And this in the one that waits for the disk.

    def _sync_all(self, lines: list[Line]) -> None:
        self.sounds.sync()
        for line in lines:
            if line.file is not None and not line.file.closed:
                os.fsync(line.file.fileno())
            if not line.synced:
                line.synced = True
                sync(self.folder / "takes" / line.name / "take.json")

    def _sync_and_close(self, line: Line) -> None:
        try:
            self._sync_all([line])
        finally:
            line.file.close()


def keep(line: Line, folder: Path, sounds: Sounds) -> None:
    """Write what is new of a take into its `folder`. Raises CalmError where the disk does not take it."""
    try:
        if line.file is None:
            make_folder(folder)
            line.file = open(folder / "frames", "w+b", buffering=0)  # noqa: SIM115
        _tell(line, folder, sounds)
        while blocks := _new_frames(line):
            _append(line, b"".join(map(packed, blocks)))
            line.next = blocks[-1].number + 1
        if line.take.state != "writing":
            _tell(line, folder, sounds)
    except OSError as error:
        raise explain(error, folder / "frames") from error


def _tell(line: Line, folder: Path, sounds: Sounds) -> None:
    """Write `take.json`, if it would say something new."""
    take = line.take
    told = (take.seed, take.place, take.forks, take.sheets.changes, take.state)
    if told != line.told:
        content = to_json(take_file(take, line.info, sounds.name_of(take.request.prompt.audio)))
        write_over(folder / "take.json", lambda file: file.write(content))
        line.told, line.synced = told, False


def _new_frames(line: Line) -> list[Kept]:
    """Some of what was written since; [] if there is nothing, or the take is just going back."""
    take, ended = line.take, line.take.state != "writing"
    if take.rewound != len(take.rewinds):
        return []
    seen = take.rewound
    first = min([line.next, *take.rewinds[line.seen : seen]])
    written = take.written
    borders = take.borders[first : first + MOST_AT_ONCE + 1]
    blocks = []
    for number, (start, stop) in enumerate(zip(borders, [*borders[1:], written], strict=False), first):
        # A frame may have no samples, by resampling. Of the last one that is only sure once the take has ended.
        whole = number + 1 < first + len(borders) or start < stop or ended
        if whole and stop <= written and number < first + MOST_AT_ONCE:
            samples = take.samples[:, start:stop].copy()
            blocks.append(Kept(number, start, _controls_at(take, number), samples, _drawn_at(take, number)))
    if len(take.rewinds) != seen:
        return []
    line.next, line.seen = first, seen
    return blocks


def _controls_at(take: Take, number: int) -> Controls:
    """A take that came out of another program's file may say nothing of its frames."""
    try:
        return take.history.at(number)
    except LookupError:
        return take.request.controls


def _drawn_at(take: Take, number: int) -> np.ndarray | None:
    """The writer may go back in it meanwhile; then the frame is not kept (`_new_frames`)."""
    try:
        return take.drawn[number]
    except IndexError:
        return None


def _append(line: Line, content: bytes) -> None:
    """All of it or nothing: what a full disk took of it is given back."""
    try:
        line.file.seek(line.size)
        rest = memoryview(content)
        while rest:
            rest = rest[line.file.write(rest) :]
    except OSError:
        line.file.truncate(line.size)
        raise
    line.size += len(content)
