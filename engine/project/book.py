"""An open project: its folder is held, its takes are followed, its arrangement is replaced when it changes.

Threads: `follow` is for any thread; all else for one at a time, that may wait for the disk.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from engine.errors import CalmError
from engine.project.arrangement import Arrangement, to_json
from engine.project.disk import sync, write_over
from engine.project.folder import hold
from engine.project.journal import Journal
from engine.project.opening import Opened
from engine.take import Take

ENDING = 2.0  # seconds that takes which were stopped are given to end before the project is closed


class Book:
    """Opens the project at `folder`, or makes one. Raises CalmError where it is open elsewhere or cannot be written.

    `on_error` is called in the journal's thread, when keeping fails. Takes that were listed once and are not any more
    were deleted: they go when the project is closed.
    """

    def __init__(self, folder: Path, on_error: Callable[[CalmError], None]):
        self.folder = folder
        self._hold = hold(folder)
        self.journal = Journal(folder, on_error)
        self._content: bytes | None = None
        self._listed: set[str] = set()
        self._there: set[str] = set()

    def adopt(self, opened: Opened) -> None:
        """What was read from this project is kept already."""
        self._listed.update(opened.arrangement.view.deleted)
        for name, audio in opened.sounds.items():
            self.journal.sounds.know(audio, name)
        for name, each in opened.takes.items():
            self.journal.adopt(each.take, name)

    def follow(self, take: Take, info: dict | None) -> str:
        """See `Journal.follow`."""
        return self.journal.follow(take, info)

    def deleted(self, there: Iterable[str]) -> tuple[str, ...]:
        """The folders of takes that were deleted, when those that are `there` are left."""
        self._there = set(there)
        self._listed |= self._there
        return tuple(sorted(self._listed - self._there))

    def save(self, arrangement: Arrangement) -> None:
        """Write the arrangement, if it is another than was written last. Raises CalmError where that fails."""
        content = to_json(arrangement)
        if content != self._content:
            self.journal.sounds.sync()
            write_over(self.folder / "project.json", lambda file: file.write(content))
            sync(self.folder / "project.json")
            self._content = content

    def close(self, takes: Sequence[Take] = ()) -> None:
        """Let go of the project, once those of `takes` that are being stopped have ended."""
        end = time.monotonic() + ENDING
        while any(take.state == "writing" for take in takes) and time.monotonic() < end:
            time.sleep(0.01)
        self.journal.close()
        for name in self._listed - self._there:
            shutil.rmtree(self.folder / "takes" / name, ignore_errors=True)
        self._hold.let_go()

    def throw_away(self) -> None:
        """Close it, and leave nothing of it: it is kept in another place, or was never worth it."""
        self.journal.close()
        self._hold.let_go()
        shutil.rmtree(self.folder, ignore_errors=True)
