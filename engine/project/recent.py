"""The projects that were open last, by their places: a list in the folder where projects are that were never saved."""

from __future__ import annotations

import json
from pathlib import Path

from engine.errors import CalmError
from engine.project.disk import make_folder, read_limited, write_over
from engine.project.folder import changed_at, projects_in

MOST = 12
LARGEST = 1 << 16  # bytes


def recent(home: Path) -> list[tuple[Path, float]]:
    """Those that are there, the newest first, each with the time of its last change, in seconds since 1970."""
    untitled = (path for path in projects_in(home) if (path / "takes").exists())
    there = dict.fromkeys(path for path in (*_listed(home), *untitled) if path.is_dir())
    return sorted(((path, changed_at(path)) for path in there), key=lambda each: each[1], reverse=True)[:MOST]


def remember(home: Path, folder: Path) -> None:
    """Put `folder` first. Raises CalmError where the list cannot be written."""
    make_folder(home)
    listed = [folder, *(path for path in _listed(home) if path != folder)]
    content = json.dumps([str(path) for path in listed[:MOST]]).encode()
    write_over(home / "recent.json", lambda file: file.write(content))


def _listed(home: Path) -> list[Path]:
    """Nothing for a list that is damaged: it is soon made again."""
    try:
        data = json.loads(read_limited(home / "recent.json", LARGEST))
    except (CalmError, ValueError, RecursionError):
        return []
    paths = data if isinstance(data, list) else []
    return [Path(path) for path in paths if isinstance(path, str) and path and "\0" not in path][:MOST]
