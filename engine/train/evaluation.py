"""An evaluation at work: takes are written in batches, judged one by one, and every verdict is stored at once."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from engine.controls import Controls
from engine.model.calm import Model
from engine.similarity import Songs
from engine.train import cases
from engine.train.continue_many import continue_many
from engine.train.heldout import Clip, Telling
from engine.train.judge_take import Verdict, judge
from engine.train.known_takes import BRIEF, NEEDS_OTHERS, known_takes
from engine.train.take_table import Row, mean_of, row_of
from engine.train.verdicts import Verdicts

BATCH = 10  # clips: by 8-bit steps the takes of a batch depend on each other's range, so batches are always the same
ANOTHER = 10_000_000  # from the seed of one take of a clip to that of the next: more than there are songs


@dataclass(frozen=True)
class Way:
    """How a model continues the clips of one row of the table."""

    controls: Controls
    told: Telling = "nothing"


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A model and the clips that it shall continue, each ``seeds`` times. ``apart`` are other songs to compare with,
    ``songs``, if they are known, those it learned from. Verdicts go to the folder ``out``, and the sound of the first
    clips, as many as shall be ``kept``. If ``brief``, worse takes than the model's are not looked at."""

    model: Model
    clips: list[Clip]
    out: Path
    apart: list[Clip] = field(default_factory=list)
    songs: Songs | None = None
    kept: int = 0
    seeds: int = 1
    brief: bool = False


@dataclass(frozen=True, eq=False)
class Takes:
    """One take of every clip for a row: ``how`` tells them from others of the row, ``write`` gives those of a batch."""

    row: str
    how: dict
    write: Callable[[list[Clip]], list[np.ndarray]]


def evaluate(evaluation: Evaluation, ways: dict[str, Way]) -> dict[str, Row]:
    """The table: first the rows that no model wrote, then one for each of the ``ways``."""
    verdicts, everything = Verdicts(evaluation.out), [*_known(evaluation), *_written(evaluation, ways)]
    keys = [_key(evaluation, takes, clip) for takes in everything for clip in evaluation.clips]
    progress = _Progress(sum(verdicts.find(key) is None for key in keys))
    rows: dict[str, list[Row]] = {}
    reference: list[Verdict] = []
    for takes in everything:
        judged = list(_judged(evaluation, takes, verdicts, progress))
        reference = reference or judged  # what really follows comes first
        rows.setdefault(takes.row, []).append(row_of(judged, reference))
    cases.draw(evaluation.out / "cases", evaluation.clips[: evaluation.kept], list(rows))
    return {name: mean_of(of_seeds) for name, of_seeds in rows.items()}


def _known(evaluation: Evaluation) -> Iterator[Takes]:
    known = known_takes(evaluation.model, evaluation.clips, evaluation.apart)
    for row in BRIEF if evaluation.brief else known:
        yield Takes(row, {"clips": len(evaluation.clips)} if row in NEEDS_OTHERS else {}, known[row])


def _written(evaluation: Evaluation, ways: dict[str, Way]) -> Iterator[Takes]:
    model = evaluation.model
    for row, way in ways.items():
        for number in range(evaluation.seeds):
            how = {"take": number, "arithmetic": model.info["arithmetic"], **asdict(way)}
            yield Takes(row, how, partial(continued, model, way=way, number=number))


def continued(model: Model, clips: list[Clip], way: Way, number: int = 0) -> list[np.ndarray]:
    """(2, N) what the model writes after each clip's prompt, as take ``number``."""
    frames = round(clips[0].seconds * model.config.vae.frame_rate)
    sheets = None if way.told == "nothing" else [clip.sheet(way.told) for clip in clips]
    seeds = [clip.score["seed"] + ANOTHER * number for clip in clips]
    return list(continue_many(model, np.stack([clip.prompt for clip in clips]), seeds, sheets, frames, way.controls))


def _judged(evaluation: Evaluation, takes: Takes, verdicts: Verdicts, progress: _Progress) -> Iterator[Verdict]:
    for start in range(0, len(evaluation.clips), BATCH):
        batch = evaluation.clips[start : start + BATCH]
        if any(verdicts.find(_key(evaluation, takes, clip)) is None for clip in batch):
            for clip, audio in zip(batch, takes.write(batch), strict=True):
                _judge(evaluation, takes, clip, audio, verdicts, progress)
        yield from (verdicts.find(_key(evaluation, takes, clip)) for clip in batch)


def _judge(
    evaluation: Evaluation, takes: Takes, clip: Clip, audio: np.ndarray, verdicts: Verdicts, progress: _Progress
) -> None:
    """Store the verdict, if there is none yet, and the sound, if it shall be kept."""
    key = _key(evaluation, takes, clip)
    if verdicts.find(key) is not None:
        return
    if clip in evaluation.clips[: evaluation.kept] and not takes.how.get("take"):
        cases.keep(evaluation.out / "cases", clip, takes.row, audio)
    verdicts.add(key, judge(clip, audio, evaluation.songs))
    progress.say(f"{takes.row}: {clip.name}")


def _key(evaluation: Evaluation, takes: Takes, clip: Clip) -> dict:
    model = evaluation.model.info["sha256"]
    return {"row": takes.row, "clip": clip.name, "seconds": clip.seconds, "model": model, **takes.how}


class _Progress:
    """Lines that say how many of the verdicts wanted are there, and how long the rest takes at the pace so far."""

    def __init__(self, total: int):
        self._total, self._done, self._start = total, 0, time.monotonic()

    def say(self, what: str) -> None:
        self._done += 1
        left = (time.monotonic() - self._start) / self._done * (self._total - self._done)
        print(f"{self._done} of {self._total}, ETA {left / 60:.1f} min, {what}", file=sys.stderr, flush=True)
