"""A project's folder: which there are, which one is open, and which one a crash has left behind."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from engine.errors import CalmError
from engine.export.names import free_path
from engine.export.whole_file import explain
from engine.project.disk import make_folder

SUFFIX = ".calmproject"


def is_project(path: Path) -> bool:
    return path.is_dir() and (path.suffix == SUFFIX or (path / "project.json").is_file())


def project_path(path: Path) -> Path:
    """`path` with the suffix of projects, or the first such name with a number that is not taken."""
    return free_path(path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX))


def untitled_path(home: Path) -> Path:
    """Where a project goes that was not saved yet."""
    return project_path(home / f"Untitled {datetime.now():%Y-%m-%d %H.%M}")


class Hold:
    """A project folder that is open here. The lock is the system's own: it goes with the process, however that ends."""

    def __init__(self, lock: FileLock):
        self._lock = lock

    def let_go(self) -> None:
        """Close it properly."""
        self._lock.release(force=True)
        Path(self._lock.lock_file).unlink(missing_ok=True)


def hold(folder: Path) -> Hold:
    """Make the folder if there is none, and open it. Raises CalmError where it is open elsewhere, or read-only."""
    make_folder(folder)
    lock = FileLock(_mark(folder), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise CalmError(f"{folder.stem} is open in another window", "Close it there, then open it here") from None
    except OSError as error:
        raise explain(error, _mark(folder)) from error
    return Hold(lock)


def left_behind(folder: Path) -> bool:
    """Whether the process that had the project open has ended without closing it."""
    if not _mark(folder).exists():
        return False
    lock = FileLock(_mark(folder), timeout=0, thread_local=False)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return False
    lock.release(force=True)
    _mark(folder).touch()  # some versions of the lock take the file away, which says that there was a crash
    return True


def projects_in(home: Path) -> list[Path]:
    """The newest first."""
    found = [path for path in home.glob(f"*{SUFFIX}") if path.is_dir()]
    return sorted(found, key=changed_at, reverse=True)


def changed_at(folder: Path) -> float:
    """When anything in a project was written last, in seconds since 1970; 0.0 for one that is gone."""
    times = [0.0]
    for path in (folder, *folder.glob("project.json"), *folder.glob("takes/*/frames")):
        with contextlib.suppress(OSError):
            times.append(path.stat().st_mtime)
    return max(times)


def _mark(folder: Path) -> Path:
    return folder / "open"
