"""Keeps the project: every frame by its journal, all else a moment after it changed; saves it elsewhere, opens others.

A project that was never saved is kept among the user's data, and stays there when the window is closed.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from calm_studio.bookkeeping import Bookkeeping, Found
from calm_studio.bridge import Background, OnError
from calm_studio.desk import Desk
from calm_studio.project_state import seen, told, worth_keeping
from calm_studio.values import Keeping, State
from engine.errors import CalmError
from engine.project.book import Book
from engine.project.folder import is_project

PERIOD = 0.5
"""Seconds between two looks for what has changed."""


class ProjectKeeping(QObject):
    """`home` is where projects are that were never saved. `left` says that the project in the window is to be replaced,
    `entered` that it was."""

    left = Signal()
    entered = Signal()
    _failed = Signal(object)

    def __init__(self, desk: Desk, home: Path):
        super().__init__()
        self._desk = desk
        self._books = Bookkeeping(desk.session, home, self._failed.emit)
        self._kept, self._seen, self._looked, self._busy = None, None, 0.0, False
        self._keeps = True
        self._working = Background("keeping", self._on_error)
        self._failed.connect(self._on_told)

    @property
    def folder(self) -> Path | None:
        """Where the project is kept; None while there is nothing to keep."""
        return self._books.folder

    def look(self) -> None:
        """Called at every tick: have written what has changed."""
        state, now = self._desk.state, time.monotonic()
        if self._busy or now - self._looked < PERIOD or (self.folder is None and not worth_keeping(state)):
            return
        self._looked = now
        changed = told(state) != self._kept
        self._show(replace(state.keeping, changed=changed))
        if changed or seen(state) != self._seen:
            done = partial(self._on_kept, told(state), seen(state))
            self._run(partial(self._books.keep, state), done, self._on_unkept)

    def new(self) -> None:
        """Begin another project; this one stays as it is."""
        before = self._desk.state
        kept = {name: getattr(before, name) for name in ("model", "examples", "speeds", "controls", "plan")}
        self._turn_to(Found(None, State(**kept), ()))

    def open(self, folder: Path) -> None:
        """Open the project in `folder`; the one in the window stays as it is, where it is."""
        if self.folder is None or folder.absolute() != self.folder.absolute():
            self._run(partial(self._books.read, folder, self._desk.state), self._turn_to)

    def open_dropped(self, paths: list[Path]) -> list[Path]:
        """Open the first project among `paths`; returns the paths that are no projects."""
        projects = [path for path in paths if is_project(path)]
        for folder in projects[:1]:
            self.open(folder)
        return [path for path in paths if path not in projects]

    def save_as(self, path: Path) -> None:
        """Keep the project at `path` from now on; where that is taken, the name gets a number."""
        self._run(partial(self._books.copy, path, self._desk.state), self._on_copied)

    def close(self) -> None:
        """Keep what there is; the session is closed by now."""
        self._working.close()
        self._books.close(self._desk.state)

    def _run(self, work: Callable[[], object], done: Callable[[object], None], failed: OnError | None = None) -> None:
        self._busy = True
        self._working.run(work, partial(self._on_done, done), failed)

    def _on_done(self, done: Callable[[object], None], value: object) -> None:
        self._busy = False
        done(value)

    def _on_error(self, error: CalmError) -> None:
        self._busy = False
        self._desk.report(error)

    def _on_unkept(self, error: CalmError) -> None:
        """Said once; tried again at every look."""
        if self._keeps:
            self._desk.report(error)
        self._keeps = self._busy = False

    def _on_told(self, error: CalmError) -> None:
        """Of what went wrong in another thread."""
        self._desk.report(error)

    def _on_kept(self, kept: tuple, place: tuple, _: object) -> None:
        self._kept, self._seen, self._keeps = kept, place, True
        self._show(replace(self._desk.state.keeping, changed=told(self._desk.state) != kept))

    def _turn_to(self, found: Found) -> None:
        """Leave the project as it is now, and show the one that was found."""
        self.left.emit()
        self._run(partial(self._books.turn_to, found.book, self._desk.state), partial(self._on_turned, found))

    def _on_turned(self, found: Found, _: object) -> None:
        state = replace(found.state, model=self._desk.state.model, examples=self._desk.state.examples)
        self._kept, self._seen = (None if found.book is None else told(state)), seen(state)
        self._desk.start_over(state)
        self.entered.emit()
        if found.notes:
            self._desk.inform("Not all of the project could be opened", ". ".join(found.notes))

    def _on_copied(self, book: Book) -> None:
        saved = self._desk.state.keeping.saved
        self._show(Keeping(book.folder.stem, saved=True))
        self._run(partial(self._books.move_to, book, saved), lambda _: None)

    def _show(self, keeping: Keeping) -> None:
        if keeping != self._desk.state.keeping:
            self._desk.show(replace(self._desk.state, keeping=keeping))
