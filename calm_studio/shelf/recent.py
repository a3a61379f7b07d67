"""The files that were opened lately, kept from one start to the next."""

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from calm_studio import kept_file
from calm_studio.bridge import Background
from calm_studio.desk import Desk
from calm_studio.shelf.shelf_edits import with_recent
from calm_studio.values import RecentFile

MOST = 8
FILE = "recent.json"


@dataclass(frozen=True)
class RecentPaths:
    """What the file holds; the latest first."""

    paths: tuple[str, ...] = ()


def opened(recent: RecentPaths, path: Path) -> RecentPaths:
    name = os.path.abspath(path)
    return RecentPaths((name, *(each for each in recent.paths if each != name))[:MOST])


def forgotten(recent: RecentPaths, path: Path) -> RecentPaths:
    return RecentPaths(tuple(each for each in recent.paths if each != str(path)))


class Recent:
    """Used in the GUI thread. Disks are asked in another, for a network drive may take its time."""

    def __init__(self, desk: Desk):
        self._desk = desk
        self._path = kept_file.kept_file(FILE)
        self._recent = RecentPaths()
        self._working = Background("recent files", desk.report)
        self._working.run(lambda: kept_file.load(RecentPaths, self._path), self._on_loaded)

    def add(self, path: Path) -> None:
        self._change(opened(self._recent, path))

    def forget(self, path: Path) -> None:
        self._change(forgotten(self._recent, path))

    def close(self) -> None:
        self._working.close()

    def _on_loaded(self, kept: RecentPaths | None) -> None:
        """What was opened meanwhile comes first."""
        merged = (*self._recent.paths, *(kept.paths if kept else ()))
        self._recent = RecentPaths(tuple(dict.fromkeys(merged))[:MOST])
        self._look()

    def _change(self, recent: RecentPaths) -> None:
        if recent != self._recent:
            self._recent = recent
            self._working.run(partial(kept_file.save, self._path, recent), lambda done: None)
            self._look()

    def _look(self) -> None:
        self._working.run(partial(_looked_at, self._recent), self._on_looked)

    def _on_looked(self, recent: tuple[RecentFile, ...]) -> None:
        self._desk.show(with_recent(self._desk.state, recent))


def _looked_at(recent: RecentPaths) -> tuple[RecentFile, ...]:
    return tuple(RecentFile(Path(name), os.path.exists(name)) for name in recent.paths)
