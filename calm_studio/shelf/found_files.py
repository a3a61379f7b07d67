"""Which files are meant by what is dropped. No Qt in here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from engine.request import MIDI_SUFFIXES

SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".aiff", ".aif", *MIDI_SUFFIXES}
MOST_FILES = 64
"""Files that are opened at a time."""
MOST_LOOKED_AT = 50_000
"""Files and folders that are looked at before a search is given up: some seconds on a slow disk."""


@dataclass(frozen=True)
class Found:
    """`paths` are to be opened; `empty` are folders without audio; `cut` says that more than `paths` lie there."""

    paths: tuple[Path, ...]
    empty: tuple[Path, ...] = ()
    cut: bool = False


def find_files(dropped: list[Path]) -> Found:
    """The files among `dropped`, and the audio and MIDI files anywhere below the folders among them, by name. Slow."""
    found: list[Path] = []
    empty: list[Path] = []
    cut = False
    for path in dropped:
        below, given_up = _below(path) if path.is_dir() else ([path], False)
        empty += [] if below else [path]
        found += below
        cut = cut or given_up
    return Found(tuple(found[:MOST_FILES]), tuple(empty), cut or len(found) > MOST_FILES)


def _below(folder: Path) -> tuple[list[Path], bool]:
    """One file more than can be opened, so that it is known that there are more; whether the search was given up."""
    looked_at = list(islice(_files(folder), MOST_LOOKED_AT + 1))
    return [path for path in looked_at if path is not None][: MOST_FILES + 1], len(looked_at) > MOST_LOOKED_AT


def _files(folder: Path) -> Iterator[Path | None]:
    """The audio files in order, None for all else. Hidden ones are none: macOS puts `._name.wav` beside `name.wav`."""
    for path in _sorted(folder):
        if path.name.startswith("."):
            yield None
        elif path.is_dir():
            yield None
            if not path.is_symlink():
                yield from _files(path)
        else:
            yield path if path.suffix.lower() in SUFFIXES and path.is_file() else None


def _sorted(folder: Path) -> Iterable[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # not ours to look into
        return ()
