"""Small records that are kept in the user's config folder from one start to the next, as JSON. No Qt in here."""

import dataclasses
import json
import os
from pathlib import Path
from typing import TypeVar

from calm_studio.preferences import default_folder
from engine.errors import CalmError
from engine.records import Misfit, record

T = TypeVar("T")


def kept_file(name: str) -> Path:
    """Where the file called `name` is kept."""
    return default_folder() / name


def load(cls: type[T], path: Path) -> T | None:
    """The dataclass that is kept in a file; None where none is, or where it is damaged or not ours to read."""
    try:
        return record(cls, json.loads(path.read_text(encoding="utf-8")), path.stem)
    except (OSError, ValueError, RecursionError, Misfit, CalmError):
        return None


def save(path: Path, value: object) -> None:
    """Replaces the file at once or not at all. Raises CalmError where nothing can be written."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(dataclasses.asdict(value)), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        words = f"{path.name} could not be kept: {error.strerror or error}"
        raise CalmError(words, f"Check that you may write in {path.parent}, and that the disk is not full") from error
