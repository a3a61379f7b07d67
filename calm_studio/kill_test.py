"""Kills the app in the middle of its work, again and again, and looks whether everything is still there.

    python -m calm_studio.kill_test --kills 100 --json

Each time the app is started, uses itself (`kill_target.py`) and is killed (SIGKILL) at a random moment after its first
frame was written, or, one time in EARLY, after its first take was begun. What it had said by then is compared with what
recovery finds. The modules are imported once, by a server that the apps are forked from, where the system can do that:
it saves most of the time.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import random
import sys
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from calm_studio import kill_target
from engine.bench.spread import spread
from engine.errors import CalmError
from engine.project.opening import OpenedTake, open_project
from engine.project.recovery import left_projects

ROOT = Path(__file__).parents[1]
CLIP = ROOT / "assets" / "examples"
LATEST = 5.0  # seconds
EARLY = 5
PATIENCE = 300.0  # seconds for the app to start
MOST_MISSING_MS = 100.0


@dataclass(eq=False)
class Said:
    """What the app said of a take: where each frame ended, and its checksum; None of those that a fork began with."""

    cut: int
    rate: int
    frames: list[tuple[int, int] | None] = field(default_factory=list)

    def take_in(self, words: list[str]) -> None:
        if words[0] == "back":
            del self.frames[int(words[2]) :]
            while self.frames and self.frames[-1] is None:
                self.frames.pop()
        elif words[0] == "add":
            self.frames += [None] * (int(words[2]) - len(self.frames))
            self.frames.append((int(words[3]), int(words[4])))

    def missing_ms(self, found: OpenedTake | None) -> float:
        """Of what was said, from the first frame on that is not there, or not the same."""
        start = self.cut
        for number, said in enumerate(self.frames):
            if said is None:
                continue
            stop, checksum = said
            if found is None or number >= len(found.take.borders) or _checksum(found, number, stop) != checksum:
                return 1000 * (self.frames[-1][0] - start) / self.rate
            start = stop
        return 0.0


def _checksum(found: OpenedTake, number: int, stop: int) -> int | None:
    """None for a frame that is not all there."""
    take = found.take
    return zlib.crc32(take.samples[:, take.borders[number] : stop].tobytes()) if stop <= take.written else None


@dataclass(frozen=True)
class Outcome:
    """Of one kill: takes that were begun, those of them that are not there although something was written, and what is
    missing of each that something was written of. `left_out` is what recovery could not read."""

    begun: int
    lost: int
    missing_ms: tuple[float, ...]
    written_seconds: float
    left_out: tuple[str, ...]


def launcher() -> Callable[..., multiprocessing.Process]:
    """What makes the process of an app."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    way = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(way)
    context.set_forkserver_preload(["calm_studio.kill_target", "engine.generate", "engine.weights", "onnxruntime"])
    return context.Process


def kill_once(process: Callable[..., multiprocessing.Process], home: Path, seed: int, clip: Path, weights) -> Outcome:
    """Raises CalmError when the app does not come to its first take."""
    chance, said = random.Random(seed), {}
    started, sounding = threading.Event(), threading.Event()
    ours, theirs = multiprocessing.Pipe(duplex=False)
    app = process(target=kill_target.main, args=(home, seed, clip, weights, theirs))
    app.start()
    theirs.close()
    listener = threading.Thread(target=_listen, args=(ours, said, started, sounding))
    listener.start()
    (started if seed % EARLY == 0 else sounding).wait(PATIENCE)
    time.sleep(chance.uniform(0.0, LATEST))
    app.kill()
    app.join()
    listener.join()
    ours.close()
    if not said:
        raise CalmError("The app ended before it wrote anything", "Start it by hand, and see why")
    return _compared(home, said)


def _listen(wire: Connection, said: dict[str, Said], started: threading.Event, sounding: threading.Event) -> None:
    """Take in all that is said, until the app is dead; which sets both events, if they were not set before."""
    try:
        while True:
            words = wire.recv_bytes().decode().split()
            if words[0] == "start":
                said[words[1]] = Said(int(words[2]), int(words[3]))
            else:
                said[words[1]].take_in(words)
                sounding.set()
            started.set()
    except (EOFError, OSError):
        started.set()
        sounding.set()


def _compared(home: Path, said: dict[str, Said]) -> Outcome:
    """What the app said against what recovery finds."""
    (left,) = left_projects(home / "projects") or [None]
    opened = left and open_project(left.folder, itertools.count(1).__next__)
    found = {name: opened.takes.get(f"{place:04d}") if opened else None for place, name in enumerate(said, 1)}
    written = {name: each for name, each in said.items() if each.frames}
    return Outcome(
        begun=len(said),
        lost=sum(found[name] is None for name in written),
        missing_ms=tuple(each.missing_ms(found[name]) for name, each in written.items()),
        written_seconds=sum((each.frames[-1][0] - each.cut) / each.rate for each in written.values()),
        left_out=opened.left_out if opened else (),
    )


def summary(outcomes: list[Outcome]) -> dict:
    """Over all kills; missing_ms is the spread over those in which something was written, of the worst take in each."""
    worst = [max(each.missing_ms) for each in outcomes if each.missing_ms]
    return {
        "kills": len(outcomes),
        "takes": sum(each.begun for each in outcomes),
        "takes_lost": sum(each.lost for each in outcomes),
        "written_seconds": round(sum(each.written_seconds for each in outcomes), 1),
        "missing_ms": spread(worst) if worst else None,
        "kills_with_missing": sum(each > 0 for each in worst),
        "left_out": [words for each in outcomes for words in each.left_out],
    }


def failed(result: dict) -> bool:
    worst = result["missing_ms"]["max"] if result["missing_ms"] else 0.0
    return result["takes_lost"] > 0 or worst > MOST_MISSING_MS or bool(result["left_out"])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m calm_studio.kill_test", description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=10, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments and of what is done")
    parser.add_argument("--clip", type=Path, help="an audio file to continue (default: an example)")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="a model other than the bundled one")
    parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    args = parser.parse_args(argv)
    process, outcomes = launcher(), []
    for number in range(args.kills):
        with TemporaryDirectory() as home:
            clip = args.clip or min(CLIP.glob("*.flac"))
            outcomes.append(kill_once(process, Path(home), 1000 * args.seed + number, clip, args.weights))
        print(f"kill {number + 1}: {outcomes[-1]}", file=sys.stderr, flush=True)
    result = summary(outcomes)
    print(json.dumps(result) if args.json else json.dumps(result, indent=1), flush=True)
    return int(failed(result))


if __name__ == "__main__":
    sys.exit(main())
