"""What a crash has left: projects that were open, with the takes in them as far as they were written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import soundfile

from engine.errors import CalmError
from engine.project.arrangement import LARGEST, Arrangement, from_json
from engine.project.disk import read_limited
from engine.project.folder import changed_at, left_behind, projects_in
from engine.project.frames import unpacked
from engine.project.opening import folders_of
from engine.project.recent import recent
from engine.project.take_file import MOST_FRAMES, read_take_file


@dataclass(frozen=True)
class LeftTake:
    """A take in a project that was left behind: its name, how many `seconds` were written after the cut."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Left:
    """A project that was open when the app died, last written at `when` (seconds since 1970). `saved` says that the
    user had given it a place."""

    folder: Path
    when: float
    saved: bool
    takes: tuple[LeftTake, ...]

    @property
    def seconds(self) -> float:
        return sum(take.seconds for take in self.takes)


def left_projects(home: Path) -> list[Left]:
    """What was left behind, the newest first: of what was never saved, in `home`, and of what was open last."""
    folders = [
        path for path in dict.fromkeys([*projects_in(home), *(path for path, _ in recent(home))]) if left_behind(path)
    ]
    return sorted((survey(path, home) for path in folders), key=lambda left: left.when, reverse=True)


def survey(folder: Path, home: Path) -> Left:
    """What is in a project. Slow, for all of it is read; nothing in it is judged."""
    arrangement = _arrangement(folder)
    known = {lane.take: lane.marks.title or lane.name for lane in arrangement.lanes}
    names = [name for name in folders_of(folder) if name not in arrangement.view.deleted]
    takes = tuple(LeftTake(known.get(name, f"Take {name}"), _seconds(folder, name)) for name in names)
    return Left(folder, changed_at(folder), folder.parent != home, takes)


def _arrangement(folder: Path) -> Arrangement:
    try:
        return from_json(read_limited(folder / "project.json", LARGEST)).arrangement
    except CalmError:
        return Arrangement()


def _seconds(project: Path, name: str) -> float:
    """What was written of a take after its cut; 0.0 where that cannot be told."""
    folder = project / "takes" / name
    try:
        rate = soundfile.info(project / "sounds" / read_take_file(folder / "take.json").sound).samplerate
        frames = list(unpacked(read_limited(folder / "frames", MOST_FRAMES)))
    except (CalmError, soundfile.SoundFileError):
        return 0.0
    return (frames[-1].stop - frames[0].start) / rate if frames else 0.0
