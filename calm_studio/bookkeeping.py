"""The books of the project in the window, as files: the one it is kept in, and while it moves, the one it moves to.

Threads: `on_take` is the session's. All else waits for the disk and is for one thread at a time, never the window's,
except when that has nothing more to show. No Qt in here.
"""

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from calm_studio.project_state import keep, shown, worth_keeping
from calm_studio.values import Keeping, State
from engine.attempt import attempt
from engine.errors import CalmError
from engine.project.book import Book
from engine.project.folder import project_path, untitled_path
from engine.project.opening import open_project
from engine.project.recent import remember
from engine.session import Session
from engine.take import Take


@dataclass(frozen=True, eq=False)
class Found:
    """A project that was read: its book, None where it can only be read; the window with it; what to tell the user."""

    book: Book | None
    state: State
    notes: tuple[str, ...]


class Bookkeeping:
    """`home` is where projects are that were never saved. `on_error` is called in any thread."""

    def __init__(self, session: Session, home: Path, on_error: Callable[[CalmError], None]):
        self._session, self.home, self._on_error = session, home, on_error
        self._book: Book | None = None
        self._next: Book | None = None
        self._lock = threading.Lock()
        session.on_take = self.on_take

    @property
    def folder(self) -> Path | None:
        """Where the project is; None while there is nothing to keep."""
        book = self._book
        return None if book is None else book.folder

    def on_take(self, take: Take, info: dict) -> None:
        """Keep `take` from its first frame on. Where there is no place for that, `keep` will tell."""
        with contextlib.suppress(CalmError):
            for book in (self._current(), self._next):
                if book is not None:
                    book.follow(take, info)

    def keep(self, state: State) -> None:
        """Raises CalmError where the disk does not take it."""
        keep(self._current(), state, self._session.info)

    def read(self, folder: Path, before: State) -> Found:
        """Read the project in `folder`, which is to come in place of `before`. Raises CalmError where there is none."""
        opened = open_project(folder, self._session.take_number)
        if not os.access(folder, os.W_OK):
            note = f"{folder} can only be read: from now on the project is kept in a place of its own until you save it"
            return Found(None, shown(opened, before, Keeping()), (note, *opened.left_out))
        book = Book(folder, self._on_error)
        book.adopt(opened)
        self._remember(folder)
        return Found(book, shown(opened, before, Keeping(folder.stem, folder.parent != self.home)), opened.left_out)

    def turn_to(self, book: Book | None, before: State) -> None:
        """Close the project, whose last state was `before`, and go on with another book, or a new one."""
        with self._lock:
            old, self._book = self._book, book
        if old is not None:
            problem = attempt(keep, old, before, self._session.info)
            old.close([lane.take for lane in before.lanes])
            if problem:
                self._on_error(problem)

    def copy(self, path: Path, state: State) -> Book:
        """Keep `state` at `path` too, from now on. Raises CalmError, and leaves nothing there, where that fails."""
        self._next = book = Book(project_path(path), self._on_error)
        try:
            keep(book, state, self._session.info)
            if not book.journal.catch_up():
                raise CalmError(f"{book.folder.stem} was not saved", "Save it to another place")
        except CalmError:
            self._next = None
            book.throw_away()
            raise
        self._remember(book.folder)
        return book

    def move_to(self, book: Book, saved: bool) -> None:
        """Go on with the copy alone; what is left was `saved` by the user, or is thrown away."""
        with self._lock:
            old, self._book, self._next = self._book, book, None
        if old is not None:
            (old.close if saved else old.throw_away)()

    def close(self, state: State) -> None:
        """Keep what there is in the end; of a project with nothing in it nothing is left."""
        if self._book is None and not worth_keeping(state):
            return
        problem = attempt(self.keep, state)
        for book in (self._book, self._next):
            if book is not None:
                empty = not (problem or worth_keeping(state) or state.keeping.saved)
                (book.throw_away if empty else book.close)()

    def _current(self) -> Book:
        with self._lock:
            if self._book is None:
                self._book = Book(untitled_path(self.home), self._on_error)
            return self._book

    def _remember(self, folder: Path) -> None:
        problem = attempt(remember, self.home, folder.absolute())
        if problem:
            self._on_error(problem)
