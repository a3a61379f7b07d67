"""What the user prefers from one start to the next, in a file of the user's config folder. No Qt in here."""

import contextlib
import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs

from engine.errors import CalmError
from engine.governor import LEAD_SECONDS, LEAST_LEAD, MOST_LEAD
from engine.records import Misfit, record
from engine.sinks import LATENCY_SECONDS

APP = "CALM Studio"
FILE = "preferences.json"
VERSION = 1
MOST_THREADS = 64
LEAST_LATENCY, MOST_LATENCY = 0.01, 1.0
"""Seconds of sound that an output holds."""


@dataclass(frozen=True)
class Preferences:
    """`device` and `arithmetic` are None for the best there is, `threads` for what the engine takes, `output_device`
    for the system's own, `exports` for the app's folder in the user's music. `threads`, `device` and `arithmetic` take
    effect when the app starts. `buffer_seconds` is how far writing runs ahead of what is heard, `output_latency` how
    much of that the output itself is to hold. `geometry` is what Qt writes of the window's place, in hexadecimal, ""
    for none.

    Raises CalmError for a buffer, latency or number of threads that cannot be.
    """

    theme: Literal["dark", "light", "system"] = "dark"
    device: str | None = None
    threads: int | None = None
    arithmetic: str | None = None
    exports: str | None = None
    keep_up: bool = True
    buffer_seconds: float = LEAD_SECONDS
    output_device: str | None = None
    output_latency: float = LATENCY_SECONDS
    geometry: str = ""
    version: int = VERSION

    def __post_init__(self):
        if not LEAST_LEAD <= self.buffer_seconds <= MOST_LEAD:
            advice = f"Choose {LEAST_LEAD:g} to {MOST_LEAD:g} seconds"
            raise CalmError(f"A buffer of {self.buffer_seconds:g} s cannot be held", advice)
        if not LEAST_LATENCY <= self.output_latency <= MOST_LATENCY:
            advice = f"Choose {LEAST_LATENCY:g} to {MOST_LATENCY:g} seconds"
            raise CalmError(f"An output cannot hold {self.output_latency:g} s", advice)
        if self.threads is not None and not 1 <= self.threads <= MOST_THREADS:
            raise CalmError(f"{self.threads} threads cannot be used", f"Choose 1 to {MOST_THREADS}")


def default_folder() -> Path:
    return platformdirs.user_config_path(APP, appauthor=False)


def load(folder: Path) -> Preferences:
    """What is kept in `folder`; the defaults where nothing is. Raises CalmError, which says what is wrong with it, for
    a file that cannot be used; the defaults hold then."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Preferences()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, "it cannot be read") from error
    try:
        return _read(json.loads(text))
    except (Misfit, CalmError) as error:
        raise _unusable(path, str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _unusable(path, "it is damaged") from error


def load_or_default(folder: Path) -> tuple[Preferences, CalmError | None]:
    """As `load`, with the error beside the defaults."""
    try:
        return load(folder), None
    except CalmError as error:
        return Preferences(), error


def change(folder: Path, **fields) -> None:
    """Keep these fields, and leave all others as they are in the file; one that could not be used is put aside. Raises
    CalmError where nothing can be written."""
    kept, error = load_or_default(folder)
    if error is not None:
        with contextlib.suppress(OSError):
            os.replace(folder / FILE, folder / f"{FILE}.damaged")
    save(folder, dataclasses.replace(kept, **fields))


def save(folder: Path, preferences: Preferences) -> None:
    """Replaces the file at once or not at all. Raises CalmError where nothing can be written."""
    path = folder / FILE
    part = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(dataclasses.asdict(preferences), indent=1), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        words = f"Your preferences could not be kept: {error.strerror or error}"
        raise CalmError(words, f"They hold until the app is closed. Check the folder {folder}") from error


def _read(data: object) -> Preferences:
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise Misfit("a newer version of the app wrote it")
    return record(Preferences, data, "preferences")


def _unusable(path: Path, why: str) -> CalmError:
    return CalmError(f"Your preferences were not used: {why}", f"The defaults hold. The file is {path}")
