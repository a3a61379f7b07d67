"""Files that are replaced whole or not at all, with plain words where that fails."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from engine.errors import CalmError
from engine.export.whole_file import explain


def write_over(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Let `fill` write what comes in the place of what is at `path`, if anything is; when the process dies, one of the
    two is there, whole. To have it outlast a power cut too is for `sync`, which may take long.

    Raises CalmError where the disk or the folder does not take it.
    """
    part = path.parent / f".{uuid4().hex}.part"
    try:
        try:
            with open(part, "x+b") as file:
                fill(file)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise explain(error, path) from error


def sync(*paths: Path) -> None:
    """Have these files outlast a power cut, and their names in their folders. What is not there is left out; Windows
    keeps the names by itself, and cannot open folders."""
    for path in (*paths, *dict.fromkeys(path.parent for path in paths)):
        with contextlib.suppress(PermissionError, FileNotFoundError):
            handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents. Raises CalmError where that is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, folder) from error


def read_limited(path: Path, most: int) -> bytes:
    """The content of a file of at most so many bytes. Raises CalmError if it is longer or cannot be read."""
    try:
        with open(path, "rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise CalmError(f"{path.name} cannot be read: {error.strerror}", "Check that you may read it") from error
    if len(content) > most:
        raise CalmError(f"{path.name} is too long to be what it should be", "Use another copy of the project")
    return content
