"""Learns the numbers by which `engine.music` chooses tempo, bars, chords and key, from songs whose truth is known.

    python -m engine.train.fit_hearing data/train --songs 1000

reads songs of engine.train.render, of each an excerpt of each of LENGTHS, takes clips of engine.train.plain_music to
them, and writes engine/music/learned.json; 10 minutes on one core. All choices are softmax regressions: least
cross-entropy with a decay of the weights. Those of tempo, bars and key have a hidden layer: in 10 s of songs left out
it made 91 of 88 %, 91 of 87 % and 79 of 73 % right.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import minimize

from engine.audio import Audio
from engine.music import bars, key, tempo
from engine.music.chords import in_context
from engine.music.chroma import beatwise, chroma, tones
from engine.music.leadsheet import SCALES
from engine.music.learned import PATH, log_chances, log_softmax, turned
from engine.music.onsets import rises
from engine.music.pulse import Pulse
from engine.music.qualities import QUALITIES
from engine.music.spectra import mono
from engine.train.compose.harmony import TONICS
from engine.train.excerpts import Excerpt, read_excerpts
from engine.train.plain_music import GROOVES, plain_clip

LENGTHS = (5.0, 10.0, 30.0, 5.0, 10.0, 5.0, 10.0)  # seconds
PLAIN_CLIPS, PLAIN_LENGTHS = 60 * len(GROOVES), (5.0, 10.0)
DECAY = 1e-4  # of the profiles of chords
CHORDS_EVERY = 7  # lessons: a seventh of them holds 20 thousand beats, enough for 200 weights
MOST_STEPS = 150
BATCH, RATE = 256, 3e-3
SIMPLER = {  # the composer's qualities among those that are told apart
    "m6": "m", "9": "7", "7b9": "7", "maj9": "maj7", "m9": "m7", "7sus4": "sus4", "dim7": "dim",
}  # fmt: skip


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
KEY = Layer(hidden=32, steps=1000, decay=0.1, dropped=0.3)


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is measured of an excerpt, and what is right: onset curves, chroma, its tones in spans of a beat that begin
    at `starts` in seconds, and what a change of chord costs there."""

    regions: np.ndarray
    pitch_classes: np.ndarray
    tones: np.ndarray
    starts: np.ndarray
    change: np.ndarray
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
    song, samples = excerpt.song, mono(excerpt.audio)
    pitch_classes = chroma(samples)
    pulse = Pulse(song["tempo"], excerpt.beats, song["beats_per_bar"], excerpt.first_downbeat, 1.0)
    edges, change = pulse.spans(excerpt.seconds)
    sounds = tones(beatwise(pitch_classes, edges[:-1]))
    unheard = replace(excerpt, audio=Audio(np.zeros((1, 0), np.float32), excerpt.audio.rate))  # all would take 25 GB
    return Lesson(rises(samples), pitch_classes, sounds, edges[:-1], change, unheard)


def fit(lessons: list[Lesson]) -> dict:
    """What `engine.music.learned` reads, from lessons with at least four beats each."""
    tonal = [lesson for lesson in lessons if lesson.excerpt.song["tonic"] is not None and lesson.tones.any()]
    sounds, right = zip(*map(chord_examples, tonal[::CHORDS_EVERY]), strict=True)
    chords = fit_profiles(np.concatenate(sounds), np.concatenate(right), len(QUALITIES), DECAY)
    return {
        "tempo": fit_network([tempo_choice(lesson) for lesson in lessons], 1, TEMPO),
        "bars": fit_network([bars_choice(lesson) for lesson in lessons], 1, BARS),
        "chords": _rounded(chords),
        "key": fit_network([key_choice(lesson, chords) for lesson in tonal], len(SCALES), KEY),
    }


def _rounded(weights: np.ndarray) -> list:
    return np.round(weights.astype(float), 3).tolist()


def tempo_choice(lesson: Lesson) -> tuple[np.ndarray, np.ndarray]:
    """The evidence of all candidates (n, columns) and which of them are right (n,)."""
    tempi, columns = tempo.evidence(lesson.regions)
    return columns, np.abs(tempi / lesson.excerpt.song["tempo"] - 1) < tempo.SAME


def key_choice(lesson: Lesson, chords: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The evidence from all tonics (12, columns) and which of their scales is right (12 * scales,)."""
    likely = in_context(log_chances(lesson.tones, chords), lesson.change)
    song = lesson.excerpt.song
    right = np.zeros((12, len(SCALES)), bool)
    right[song["tonic"], list(SCALES).index(song["mode"])] = True
    return turned(key.evidence(lesson.tones, likely).astype(np.float32)[None])[0], right.ravel()


def bars_choice(lesson: Lesson) -> tuple[np.ndarray, np.ndarray]:
    """The same of the readings of the bars."""
    excerpt, metre = lesson.excerpt, lesson.excerpt.song["beats_per_bar"]
    halves = bars.half_beats(excerpt.beats, excerpt.seconds)
    downbeat = int(np.abs(halves - excerpt.beats[excerpt.first_downbeat]).argmin())
    columns = bars.evidence(bars.accents(lesson.regions, lesson.pitch_classes, halves))
    return columns, np.array([reading == (metre, downbeat % (2 * metre)) for reading in bars.READINGS])


def chord_examples(lesson: Lesson) -> tuple[np.ndarray, np.ndarray]:
    """Tones (spans, 24) of the spans in which something sounds, and the numbers of their chords (spans,)."""
    truth = [lesson.excerpt.chord_at(start + 0.01) for start in lesson.starts]
    numbers = np.array([chord["root"] * len(QUALITIES) + _quality(chord) for chord in truth])
    sounding = lesson.tones.any(axis=1)
    return lesson.tones[sounding], numbers[sounding]


def _quality(chord: dict) -> int:
    written = chord["symbol"].split("/")[0].removeprefix(TONICS[chord["root"]])
    return list(QUALITIES).index(SIMPLER.get(written, written))


def fit_network(choices: list[tuple[np.ndarray, np.ndarray]], kinds: int, layer: Layer) -> dict[str, list]:
    """The layers of a `learned.Network` that gives each row (rows, columns) of each choice a score for each of so many
    kinds, so that the right ones (rows * kinds,) are likely; choices without a right one are left out."""
    columns, right, offered = (torch.tensor(part) for part in _stacked(choices))
    torch.manual_seed(0)
    inner, outer = torch.nn.Linear(columns.shape[2], layer.hidden), torch.nn.Linear(layer.hidden, kinds)
    net = torch.nn.Sequential(inner, torch.nn.ReLU(), torch.nn.Dropout(layer.dropped), outer)
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=layer.decay)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, layer.steps)
    for _ in range(layer.steps):
        batch = torch.randint(len(columns), (BATCH,))
        scores = net(columns[batch]).masked_fill(~offered[batch, :, None], -1e9).flatten(1)
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


def _stacked(choices: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Those that have a right row as float32 columns (n, rows, columns), which is right (n, rows), which is there."""
    solvable = [(columns, right) for columns, right in choices if right.any()]
    rows = max(len(columns) for columns, _ in solvable)
    kinds = len(solvable[0][1]) // len(solvable[0][0])
    columns = np.stack([np.pad(c.astype(np.float32), ((0, rows - len(c)), (0, 0))) for c, _ in solvable])
    right = np.stack([np.pad(r, (0, rows * kinds - len(r))) for _, r in solvable])
    return columns, right, np.stack([np.arange(rows) < len(c) for c, _ in solvable])


def fit_profiles(columns: np.ndarray, right: np.ndarray, kinds: int, decay: float) -> np.ndarray:
    """(kinds, columns + 1) profiles for examples (n, columns) whose root * kinds + kind is `right` (n,)."""
    views = np.pad(turned(columns), ((0, 0), (0, 0), (0, 1)), constant_values=1)
    flat = views.reshape(-1, views.shape[2]).astype(np.float32)  # half the memory: 0.2 GB for 4000 keys
    every = np.arange(len(right))

    def loss(weights):
        profiles = weights.reshape(kinds, -1).astype(np.float32)
        logs = log_softmax((flat @ profiles.T).reshape(len(right), -1))
        wrong = np.exp(logs)  # float32 as well: a mixed product would copy all the views
        wrong[every, right] -= 1
        slope = wrong.reshape(-1, kinds).T @ flat / len(right) + 2 * decay * profiles
        value = -logs[every, right].mean() + decay * (profiles**2).sum()
        return float(value), slope.ravel().astype(np.float64)

    start = np.zeros(kinds * flat.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    return found.x.reshape(kinds, -1)


if __name__ == "__main__":
    main()
