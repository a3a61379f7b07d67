"""Learns the numbers by which `engine.music` chooses tempo and bars, from songs whose truth is known.

    python -m engine.train.fit_hearing data/train --songs 1000

reads songs of engine.train.render, of each an excerpt of each of LENGTHS, takes clips of engine.train.plain_music to
them, and writes engine/music/learned.json; 10 minutes on one core. Both choices are softmax regressions with a hidden
layer, which made 91 of 88 % and 91 of 87 % right in 10 s of songs left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from engine.audio import Audio
from engine.music import bars, tempo
from engine.music.chroma import chroma
from engine.music.learned import PATH
from engine.music.onsets import rises
from engine.music.peaks import hear_peaks
from engine.music.spectra import mono
from engine.train.excerpts import Excerpt, read_excerpts
from engine.train.plain_music import GROOVES, plain_clip

LENGTHS = (5.0, 10.0, 30.0, 5.0, 10.0, 5.0, 10.0)  # seconds
PLAIN_CLIPS, PLAIN_LENGTHS = 60 * len(GROOVES), (5.0, 10.0)
BATCH, RATE = 256, 3e-3


@dataclass(frozen=True)
class Layer:
    """How a network is learned: hidden values, steps, decay of the weights a step over the learning rate, and the share
    of hidden values left out at random."""

    hidden: int
    steps: int
    decay: float
    dropped: float


# Found on 249 songs and 108 plain clips of other seeds.
TEMPO = Layer(hidden=24, steps=2000, decay=0.1, dropped=0.0)
BARS = Layer(hidden=24, steps=1500, decay=0.1, dropped=0.2)


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is measured of an excerpt: onset curves and chroma."""

    regions: np.ndarray
    pitch_classes: np.ndarray
    excerpt: Excerpt


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder from engine.train.render")
    parser.add_argument("--songs", type=int, default=1000, help="at most so many")
    parser.add_argument("--clips", type=int, default=PLAIN_CLIPS, help="of engine.train.plain_music")
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(1)  # the same sums in the same order, everywhere
    found = fit([prepare(excerpt) for excerpt in excerpts(arguments.folder, arguments.songs, arguments.clips)])
    arguments.output.write_text(json.dumps(found) + "\n", "utf-8")


def excerpts(folder: Path, songs: int, clips: int) -> Iterator[Excerpt]:
    """All that is learned from; those in which there are too few beats to tell bars are left out."""
    for excerpt in read_excerpts(folder, LENGTHS, songs):
        if len(excerpt.beats) >= bars.METRES[-1]:
            yield excerpt
    for seed in range(clips):
        yield plain_clip(seed, PLAIN_LENGTHS[seed // len(GROOVES) % 2])


def prepare(excerpt: Excerpt) -> Lesson:
    samples = mono(excerpt.audio)
    unheard = replace(excerpt, audio=Audio(np.zeros((1, 0), np.float32), excerpt.audio.rate))  # all would take 25 GB
    return Lesson(rises(samples), chroma(hear_peaks(samples)), unheard)


def fit(lessons: list[Lesson]) -> dict:
    """What `engine.music.learned` reads, from lessons with at least four beats each."""
    return {
        "tempo": fit_network([tempo_choice(lesson) for lesson in lessons], TEMPO),
        "bars": fit_network([bars_choice(lesson) for lesson in lessons], BARS),
    }


def tempo_choice(lesson: Lesson) -> tuple[np.ndarray, np.ndarray]:
    """The evidence of all candidates (n, columns) and which of them are right (n,)."""
    tempi, columns = tempo.evidence(lesson.regions)
    return columns, np.abs(tempi / lesson.excerpt.song["tempo"] - 1) < tempo.SAME


def bars_choice(lesson: Lesson) -> tuple[np.ndarray, np.ndarray]:
    """The same of the readings of the bars."""
    excerpt, metre = lesson.excerpt, lesson.excerpt.song["beats_per_bar"]
    halves = bars.half_beats(excerpt.beats, excerpt.seconds)
    downbeat = int(np.abs(halves - excerpt.beats[excerpt.first_downbeat]).argmin())
    columns = bars.evidence(bars.accents(lesson.regions, lesson.pitch_classes, halves))
    return columns, np.array([reading == (metre, downbeat % (2 * metre)) for reading in bars.READINGS])


def fit_network(choices: list[tuple[np.ndarray, np.ndarray]], layer: Layer) -> dict[str, list]:
    """The layers of a `learned.Network` that gives each row (rows, columns) of each choice a score, so that the right
    ones (rows,) are likely; choices without a right one are left out."""
    columns, right, offered = (torch.tensor(part) for part in _stacked(choices))
    torch.manual_seed(0)
    inner, outer = torch.nn.Linear(columns.shape[2], layer.hidden), torch.nn.Linear(layer.hidden, 1)
    net = torch.nn.Sequential(inner, torch.nn.ReLU(), torch.nn.Dropout(layer.dropped), outer, torch.nn.Flatten(1))
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=layer.decay)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, layer.steps)
    for _ in range(layer.steps):
        batch = torch.randint(len(columns), (BATCH,))
        scores = net(columns[batch]).masked_fill(~offered[batch], -1e9)
        logs = torch.log_softmax(scores, dim=1).masked_fill(~right[batch], -1e9)
        loss = -torch.logsumexp(logs, dim=1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        slower.step()
    layers = {"inner": inner, "outer": outer}
    return {
        name: _rounded(torch.cat([each.weight.T, each.bias[None]]).detach().numpy()) for name, each in layers.items()
    }


def _rounded(weights: np.ndarray) -> list:
    return np.round(weights.astype(float), 3).tolist()


def _stacked(choices: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Those that have a right row as float32 columns (n, rows, columns), which is right (n, rows), which is there."""
    solvable = [(columns, right) for columns, right in choices if right.any()]
    rows = max(len(columns) for columns, _ in solvable)
    columns = np.stack([np.pad(c.astype(np.float32), ((0, rows - len(c)), (0, 0))) for c, _ in solvable])
    right = np.stack([np.pad(r, (0, rows - len(r))) for _, r in solvable])
    return columns, right, np.stack([np.arange(rows) < len(c) for c, _ in solvable])


if __name__ == "__main__":
    main()
