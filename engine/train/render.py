"""Composes and renders labelled songs to audio.

    python -m engine.train.render OUT_FOLDER --hours 8 --seed 0 [--corpus wide] [--jobs 1] [--minutes BUDGET]

writes 000123.wav (48 kHz, stereo, 16 bits) and 000123.json (everything known about it) for the seeds from `--seed`
upwards until so many hours are there. What is there already is kept; one line per new song goes to metrics.jsonl.
Seeds below a million are for training, those from a million up for held-out sets. `engine.train.corpora` says what the
corpora are; each goes to a folder of its own, or to other seeds.
"""

import argparse
import json
import math
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import soundfile

from engine.errors import CalmError
from engine.train.corpora import CORPORA
from engine.train.sound_font import RATE, find_soundfont


@dataclass(frozen=True)
class Job:
    """One song to store; `deadline` is a `time.monotonic` moment after which nothing new is begun."""

    seed: int
    folder: Path
    soundfont: Path
    deadline: float
    corpus: str = "plain"


def store(job: Job) -> dict | None:
    """Compose, render and write one song; each file appears whole or not at all. A row of metrics, None when late."""
    if time.monotonic() > job.deadline:
        return None
    began = time.perf_counter()
    item = CORPORA[job.corpus](job.seed)
    audio = item.sound(job.soundfont)
    _replace(_path(job, ".wav"), lambda path: soundfile.write(path, audio.T, RATE, "PCM_16", format="WAV"))
    _replace(_path(job, ".json"), lambda path: path.write_text(json.dumps(item.labels)))
    rms = float(np.sqrt(np.mean(np.square(audio))))
    return {
        "seed": job.seed, "style": item.style, "seconds": item.seconds,
        "work": round(time.perf_counter() - began, 3),
        "peak": round(float(np.abs(audio).max()), 4), "rms_db": round(20 * np.log10(rms), 2),
    }  # fmt: skip


def _path(job: Job, ending: str) -> Path:
    return job.folder / f"{job.seed:06d}{ending}"


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    unfinished = path.with_name(path.name + ".part")
    write(unfinished)
    os.replace(unfinished, path)


def seeds_for(first: int, hours: float, corpus: str = "plain") -> Iterator[int]:
    """As many seeds from `first` upwards as it takes to have so many hours of a corpus."""
    seconds = 0.0
    for seed in count(first):
        if seconds >= hours * 3600:
            return
        seconds += CORPORA[corpus](seed).seconds
        yield seed


def check_corpus(job: Job) -> None:
    """CalmError if the song's name is taken by another corpus."""
    if _path(job, ".json").is_file():
        there = json.loads(_path(job, ".json").read_text()).get("corpus", "plain")
        if there != job.corpus:
            raise CalmError(
                f"Song {job.seed} in {job.folder} is of the corpus {there}",
                "Choose another folder or other seeds for this one",
            )


def render_set(folder: Path, hours: float, first: int, jobs: int, minutes: float, corpus: str = "plain") -> None:
    """Store the songs of a set that are not in `folder` yet, for at most so many minutes of wall clock."""
    folder.mkdir(parents=True, exist_ok=True)
    soundfont, deadline = find_soundfont(), time.monotonic() + minutes * 60
    check_corpus(Job(first, folder, soundfont, deadline, corpus))
    candidates = (Job(seed, folder, soundfont, deadline, corpus) for seed in seeds_for(first, hours, corpus))
    # The labels are written last, so they vouch for the audio.
    missing = [job for job in candidates if not _path(job, ".json").is_file()]
    # Not forked: a process with threads, such as a test run, must not be.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool, open(folder / "metrics.jsonl", "a") as metrics:
        began, seconds = time.monotonic(), 0.0
        for done, row in enumerate(pool.imap_unordered(store, missing), start=1):
            if row is None:
                continue
            metrics.write(json.dumps(row) + "\n")
            metrics.flush()
            seconds += row["seconds"]
            elapsed = time.monotonic() - began
            print(
                f"{done}/{len(missing)} songs, {seconds / 3600:.2f} h, {seconds / elapsed:.0f}x real time,"
                f" {elapsed / done * (len(missing) - done) / 60:.1f} min to go",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="Compose and render a set of songs.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=8.0, help="of music")
    parser.add_argument("--seed", type=int, default=0, help="the first song's; from 1000000 for held-out sets")
    parser.add_argument("--corpus", choices=CORPORA, default="plain", help="default: the one of the bundled model")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many minutes of wall clock")
    asked = parser.parse_args()
    # A process has one core: the matrix products of the synths must not take the others' too.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        render_set(asked.folder, asked.hours, asked.seed, asked.jobs, asked.minutes, asked.corpus)
    except CalmError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
