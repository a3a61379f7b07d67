"""Learns the numbers by which `engine.music` chooses tempo, bars, chords and key, from songs whose truth is known.

    python -m engine.train.fit_hearing data/train --songs 1000

reads songs of engine.train.render, of each an excerpt of each of LENGTHS, and writes engine/music/learned.json. All
choices are softmax regressions: least cross-entropy with a decay of the weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from engine.music import bars, key, tempo
from engine.music.chroma import beatwise, chroma, tones
from engine.music.learned import PATH, log_chances, log_softmax, turned
from engine.music.onsets import rises
from engine.music.qualities import QUALITIES
from engine.music.spectra import mono
from engine.train.compose.harmony import TONICS
from engine.train.excerpts import Excerpt, read_excerpts

LENGTHS = (5.0, 10.0, 30.0)  # seconds
DECAY = {"tempo": 1e-3, "bars": 1e-2, "chords": 1e-4, "key": 3e-4}  # found on every fourth song of 600
CHORDS_EVERY = 5  # lessons: a fifth of them holds 20 thousand beats, enough for 200 weights
MOST_STEPS = 150
SIMPLER = {  # the composer's qualities among those that are told apart
    "m6": "m", "9": "7", "7b9": "7", "maj9": "maj7", "m9": "m7", "7sus4": "sus4", "dim7": "dim",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is measured of an excerpt, and what is right: onset curves, chroma, and its tones beat by beat."""

    regions: np.ndarray
    pitch_classes: np.ndarray
    tones: np.ndarray
    excerpt: Excerpt


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder from engine.train.render")
    parser.add_argument("--songs", type=int, default=1000, help="at most so many")
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    arguments = parser.parse_args(argv)
    lessons = [prepare(excerpt) for excerpt in read_excerpts(arguments.folder, LENGTHS, arguments.songs)]
    found = fit([lesson for lesson in lessons if len(lesson.tones) >= bars.METRES[-1]])
    rounded = {name: np.round(weights, 3).tolist() for name, weights in found.items()}
    arguments.output.write_text(json.dumps(rounded) + "\n", "utf-8")


def prepare(excerpt: Excerpt) -> Lesson:
    samples = mono(excerpt.audio)
    pitch_classes = chroma(samples)
    return Lesson(rises(samples), pitch_classes, tones(beatwise(pitch_classes, excerpt.beats)), excerpt)


def fit(lessons: list[Lesson]) -> dict[str, np.ndarray]:
    """The four arrays of `engine.music.learned.Learned`, from lessons with at least four beats each."""
    found = {
        "tempo": fit_choice([tempo_choice(lesson) for lesson in lessons], DECAY["tempo"]),
        "bars": fit_choice([bars_choice(lesson) for lesson in lessons], DECAY["bars"]),
    }
    sounds, right = zip(*map(chord_examples, lessons[::CHORDS_EVERY]), strict=True)
    kinds = len(QUALITIES)
    found["chords"] = fit_profiles(np.concatenate(sounds), np.concatenate(right), kinds, DECAY["chords"])
    tonal = [lesson for lesson in lessons if lesson.tones.any()]
    columns = [key.evidence(lesson.tones, np.exp(log_chances(lesson.tones, found["chords"]))) for lesson in tonal]
    right = [lesson.excerpt.song["tonic"] * len(key.SCALES) + _scale(lesson.excerpt.song) for lesson in tonal]
    found["key"] = fit_profiles(np.array(columns), np.array(right), len(key.SCALES), DECAY["key"])
    return found


def _scale(song: dict) -> int:
    return list(key.SCALES).index(song["mode"])


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


def chord_examples(lesson: Lesson) -> tuple[np.ndarray, np.ndarray]:
    """Tones (beats, 24) of the beats in which something sounds, and the numbers of their chords (beats,)."""
    truth = [lesson.excerpt.chord_at(beat + 0.01) for beat in lesson.excerpt.beats]
    numbers = np.array([chord["root"] * len(QUALITIES) + _quality(chord) for chord in truth])
    sounding = lesson.tones.any(axis=1)
    return lesson.tones[sounding], numbers[sounding]


def _quality(chord: dict) -> int:
    written = chord["symbol"].split("/")[0].removeprefix(TONICS[chord["root"]])
    return list(QUALITIES).index(SIMPLER.get(written, written))


def fit_choice(choices: list[tuple[np.ndarray, np.ndarray]], decay: float) -> np.ndarray:
    """(columns,) weights that make the right rows of each choice likely; choices without a right row are left out."""
    solvable = [(columns, right / right.sum()) for columns, right in choices if right.any()]
    most = max(len(right) for _, right in solvable)
    columns = np.stack([np.pad(c, ((0, most - len(c)), (0, 0))) for c, _ in solvable])
    right = np.stack([np.pad(r, (0, most - len(r))) for _, r in solvable])
    offered = np.stack([np.arange(most) < len(r) for _, r in solvable])

    def loss(weights):
        logs = log_softmax(np.where(offered, columns @ weights, -1e9))
        slope = np.einsum("nk,nkc->c", np.exp(logs) - right, columns) / len(right)
        value = -(right * np.where(offered, logs, 0)).sum() / len(right)
        return value + decay * weights @ weights, slope + 2 * decay * weights

    return _least(loss, columns.shape[2])


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

    return _least(loss, kinds * flat.shape[1]).reshape(kinds, -1)


def _least(loss: Callable, size: int) -> np.ndarray:
    return minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS}).x


if __name__ == "__main__":
    main()
