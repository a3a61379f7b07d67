"""Opening a project: everything that can be opened, and in words what cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.audio import Audio, read
from engine.errors import CalmError
from engine.project.arrangement import LARGEST, Arrangement, ClipKept, from_json
from engine.project.disk import read_limited
from engine.project.take_file import TakeFile, read_take, read_take_file
from engine.request import Prompt
from engine.take import Take


@dataclass(frozen=True, eq=False)
class OpenedTake:
    """A take, and what its `file` says besides."""

    take: Take
    file: TakeFile


@dataclass(frozen=True, eq=False)
class Opened:
    """What a project holds: `sounds` by the names of their files, `takes` by their folders, the arrangement of both,
    which may name some that are not there and not name some that are, and what is `left_out`, in sentences without
    closing full stops."""

    folder: Path
    arrangement: Arrangement
    sounds: dict[str, Audio]
    takes: dict[str, OpenedTake]
    left_out: tuple[str, ...]

    def prompt_of(self, clip: ClipKept) -> Prompt | None:
        """None where its sound is not there, or is shorter than it was."""
        try:
            return Prompt(self.sounds[clip.sound], clip.name, clip.start, clip.stop)
        except (KeyError, CalmError):
            return None


def open_project(folder: Path, number: Callable[[], int]) -> Opened:
    """Read the project in `folder`; `number` gives each take a number. Slow: about 10 ms for a minute of sound.

    Raises CalmError where there is no project at all.
    """
    if not (folder / "project.json").exists() and not (folder / "takes").is_dir():
        raise CalmError(f"There is no project in {folder}", "Choose a folder whose name ends in .calmproject")
    arrangement, left_out = _arrangement(folder)
    sounds, silent = _sounds(folder)
    takes, lost = _takes(folder, sounds, arrangement.view.deleted, number)
    return Opened(folder, arrangement, sounds, takes, (*left_out, *silent, *lost))


def folders_of(folder: Path) -> list[str]:
    """The names of the takes in a project."""
    return sorted(path.name for path in (folder / "takes").glob("[0-9]*") if path.is_dir())


def _arrangement(folder: Path) -> tuple[Arrangement, tuple[str, ...]]:
    """A crash may have come before it was written for the first time: then there is nothing to miss in it."""
    path = folder / "project.json"
    if not path.exists():
        return Arrangement(), ()
    try:
        found = from_json(read_limited(path, LARGEST))
    except CalmError as error:
        return Arrangement(), (f"The order of clips and takes, their names and marks: {error.message}",)
    return found.arrangement, found.left_out


def _sounds(folder: Path) -> tuple[dict[str, Audio], list[str]]:
    sounds, left_out = {}, []
    for path in sorted((folder / "sounds").glob("*.wav")):
        try:
            sounds[path.name] = read(path)
        except CalmError as error:
            left_out.append(f"The sound {path.stem}: {error.message}")
    return sounds, left_out


def _takes(folder: Path, sounds: dict[str, Audio], deleted: tuple[str, ...], number: Callable[[], int]) -> tuple:
    """What can be read by folder, and what cannot."""
    takes, left_out = {}, []
    for name in folders_of(folder):
        if name in deleted:
            continue
        try:
            takes[name], lost = _take(folder / "takes" / name, sounds, number)
        except CalmError as error:
            left_out.append(f"Take {name}: {error.message}")
        else:
            if lost:
                left_out.append(f"{lost:.2f} s in take {name}, which are silent now: they were damaged")
    return takes, left_out


def _take(folder: Path, sounds: dict[str, Audio], number: Callable[[], int]) -> tuple[OpenedTake, float]:
    """The take in `folder`, and the seconds of it that are lost."""
    file = read_take_file(folder / "take.json")
    if file.sound not in sounds:
        raise CalmError(f"The sound {file.sound} that it continues is not there", "Use another copy of the project")
    take, lost = read_take(folder, file, Prompt(sounds[file.sound], file.name, file.start, file.stop), number())
    return OpenedTake(take, file), lost / take.rate
