"""What real music scores at a cut: the figures that `engine/seam.py` is calibrated with.

    python -m engine.train.calibrate_seam FOLDER [--songs 600] [--json]

Every song of FOLDER (from engine.train.render) is cut once at a random place. "real" goes on with the song itself,
"wrong" with the next song's sound from its own cut on; the beat is the score's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from engine.music.leadsheet import Grid
from engine.seam import AFTER, PULSE_BEFORE, ClickFigures, SeamScore, click_figures, seam_score

START_SECONDS = 8.0  # past most intros
PERCENTILES = (10, 50, 90, 99)


@dataclass(frozen=True, eq=False)
class Cut:
    """Sound (2, N) around a cut at sample `at`, and the score's beat counted from its first sample."""

    samples: np.ndarray
    rate: int
    at: int
    grid: Grid


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--songs", type=int, default=600)
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    table = calibrate(cuts(arguments.folder, arguments.songs))
    for name, row in table.items():
        print(f"{name:18}" + "  ".join(f"{p} % {value:7.3f}" for p, value in zip(PERCENTILES, row, strict=True)))
    if arguments.json:
        print(json.dumps(table))


def cuts(folder: Path, songs: int) -> Iterator[Cut]:
    """One cut for each of the first `songs` songs that are long enough, at places drawn with a fixed seed."""
    places = np.random.default_rng(0)
    for path in sorted(folder.glob("*.json"))[:songs]:
        info, score = soundfile.info(path.with_suffix(".wav")), json.loads(path.read_text())
        rate, margin = info.samplerate, AFTER + 1
        if info.duration < START_SECONDS + margin:
            continue
        first = round((places.uniform(START_SECONDS, info.duration - margin) - PULSE_BEFORE) * rate)
        count = round((PULSE_BEFORE + margin) * rate)
        sound, _ = soundfile.read(path.with_suffix(".wav"), start=first, frames=count, dtype="float32", always_2d=True)
        peak = max(np.abs(sound).max(), 1e-6)
        grid = Grid(score["tempo"], score["beats"][0] - first / rate, score["beats_per_bar"])
        yield Cut(sound.T / peak, rate, round(PULSE_BEFORE * rate), grid)


def calibrate(found: Iterator[Cut]) -> dict[str, list[float]]:
    """PERCENTILES of every part of the score, real and wrong, and of the clicks that are none."""
    rows = [
        figures("real", seam(cut, cut)) | figures("wrong", seam(cut, other)) | figures("real", clicks(cut))
        for cut, other in pairwise(found)
    ]
    return {name: np.percentile([row[name] for row in rows], PERCENTILES).round(3).tolist() for name in rows[0]}


def figures(kind: str, measured: SeamScore | ClickFigures) -> dict[str, float]:
    return {f"{kind} {name}": value for name, value in asdict(measured).items()}


def seam(cut: Cut, following: Cut) -> SeamScore:
    """The score of one song until its cut and another one from there on."""
    joined = np.concatenate([cut.samples[:, : cut.at], following.samples[:, following.at :]], axis=1)
    return seam_score(joined, cut.rate, cut.at, cut.grid)


def clicks(cut: Cut) -> ClickFigures:
    return click_figures(cut.samples, cut.rate, cut.at)


if __name__ == "__main__":
    main()
