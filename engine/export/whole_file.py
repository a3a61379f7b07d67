"""Writes a file whole or not at all, never over another one, and says in plain words why it could not."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from engine.errors import CalmError
from engine.export.names import free_path


def write_whole(path: Path, fill: Callable[[BinaryIO], None]) -> Path:
    """Let `fill` write a file beside `path`, then give it that name, or a numbered one if it is taken; return the name.

    Whatever `fill` raises leaves nothing behind. Raises CalmError where the disk or the folder does not take the file.
    """
    part = path.parent / f".{uuid4().hex}.part"  # a short name of its own: `path.name` may be as long as names can be
    try:
        try:
            with open(part, "x+b") as file:
                fill(file)
                file.flush()
                os.fsync(file.fileno())  # a power cut after the rename must not leave a name with nothing behind it
            target = free_path(path)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise explain(error, path) from error
    return target


def explain(error: OSError, path: Path) -> CalmError:
    """What to tell the user of an `error` in writing to `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CalmError(f"The disk is full: {path.name} was not saved", "Free some space or save to another drive")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CalmError(f"The folder {path.parent} cannot be written to", "Save to another folder")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return CalmError(
            f"The folder {path.parent} does not exist", "Check that its drive is connected, or save to another folder"
        )
    return CalmError(f"{path.name} was not saved: {error.strerror}", "Save to another folder or drive")
