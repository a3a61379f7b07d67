"""Writes the index of training songs that `engine/similarity.py` searches: which music the model has heard.

    python -m engine.train.index_songs SONGS MODEL [--copies 40] [--onward]

SONGS is the folder of `engine.train.render`, MODEL the installed model; the index becomes MODEL/songs.safetensors. The
numbers that describe a frame are those in which songs differ most and copies through the model's VAE differ least
(linear discriminant analysis, Fisher 1936): the VAE is asked for `copies` excerpts of songs. With --onward the index
that is there gets the songs that it lacks, described as those that it has.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from engine import weights
from engine.audio import Audio, read
from engine.generate import reconstruct
from engine.similarity import (
    DIMENSIONS,
    FRAMES_PER_SECOND,
    SONGS_FILE,
    WINDOW,
    Basis,
    Songs,
    load_songs,
    save_songs,
    shapes,
)

EXCERPT_SECONDS = WINDOW / FRAMES_PER_SECOND + 0.25  # one passage, wherever between two frames it begins
SHRINKAGE = 0.3  # of what copies change, towards the same in every band: it is learned from few


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path, help="folder of rendered songs")
    parser.add_argument("model", type=Path, help="folder of the installed model")
    parser.add_argument("--copies", type=int, default=40, help="excerpts to send through the VAE")
    parser.add_argument("--onward", action="store_true", help="keep the songs that the index has")
    arguments = parser.parse_args(argv)
    paths, out = sorted(arguments.songs.glob("*.wav")), arguments.model / SONGS_FILE
    if arguments.onward:
        songs = extended(load_songs(out), paths)
    else:
        model = weights.load(arguments.model, torch.device("cpu"))
        pairs = copies(model, paths, arguments.copies)
        changed = np.concatenate([shapes(copy) - shapes(excerpt) for excerpt, copy in pairs])
        songs = index([shapes(read(path)) for path in paths], [int(path.stem) for path in paths], changed)
    save_songs(songs, out)
    hours = len(songs.frames) / FRAMES_PER_SECOND / 3600
    print(f"{len(set(songs.song))} songs, {hours:.1f} h, {out.stat().st_size / 1e6:.2f} MB")


def copies(model, paths: list[Path], count: int) -> Iterator[tuple[Audio, Audio]]:
    """Excerpts of songs drawn with a fixed seed, and the same through the VAE."""
    choice = np.random.default_rng(0)
    for _ in range(count):
        song = read(paths[choice.integers(len(paths))])
        excerpt = cut_out(song, choice.uniform(0, song.seconds - EXCERPT_SECONDS), EXCERPT_SECONDS)
        yield excerpt, Audio(reconstruct(model, excerpt), excerpt.rate)


def cut_out(audio: Audio, start: float, seconds: float) -> Audio:
    """So many seconds of a clip from `start` on."""
    first = round(start * audio.rate)
    return Audio(audio.samples[:, first : first + round(seconds * audio.rate)], audio.rate)


def index(found: list[np.ndarray], numbers: list[int], changed: np.ndarray) -> Songs:
    """The index of songs of these `shapes` (frames, BANDS) and numbers; `changed` (n, BANDS) is what copies change."""
    frames = np.concatenate(found)
    basis = discriminant(frames, changed)
    return Songs(basis, basis.project(frames), np.repeat(numbers, [len(shape) for shape in found]))


def extended(songs: Songs, paths: list[Path]) -> Songs:
    """The index with the songs at ``paths`` that it lacks, by the basis that it has."""
    new = [path for path in paths if int(path.stem) not in songs.song]
    frames = [songs.basis.describe(read(path)) for path in new]
    numbers = np.repeat([int(path.stem) for path in new], [len(each) for each in frames]).astype(songs.song.dtype)
    return Songs(songs.basis, np.concatenate([songs.frames, *frames]), np.concatenate([songs.song, numbers]))


def discriminant(frames: np.ndarray, changed: np.ndarray) -> Basis:
    """The DIMENSIONS directions of frames (N, BANDS) with the most variance by that of `changed` (n, BANDS).

    Each is scaled to the fourth root of that ratio, so that what tells more counts more; together they have variance 1.
    """
    mean = frames.mean(axis=0)
    noise = changed.T @ changed / len(changed)
    noise = (1 - SHRINKAGE) * noise + SHRINKAGE * np.trace(noise) / len(noise) * np.eye(len(noise))
    whiten = np.linalg.inv(np.linalg.cholesky(noise))
    ratio, directions = np.linalg.eigh(whiten @ np.cov((frames - mean).T) @ whiten.T)
    projection = whiten.T @ directions[:, : -DIMENSIONS - 1 : -1] / ratio[: -DIMENSIONS - 1 : -1] ** 0.25
    return Basis(mean, projection / np.sqrt(np.mean(((frames - mean) @ projection) ** 2)))


if __name__ == "__main__":
    main()
