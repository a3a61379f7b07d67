"""What similarity means: the distances that `engine/similarity.py` is calibrated with.

    python -m engine.train.calibrate_similarity FOLDER HELDOUT [--model MODEL] [--songs 40] [--json]

FOLDER holds the songs of MODEL's index, HELDOUT unseen ones (both from engine.train.render). "copy": 3.25 s of a song
through the VAE, to the index, and how many are found in their song. "same song", "same style"
and "other style": 10 s to a prompt of 10 s just before it, of another song of its style, and of another style.
"unseen": 10 s of unseen songs to the index. Towards the index it is the ratio of `engine.similarity.closest` that is
given, towards prompts the mean squared difference.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from engine import weights
from engine.audio import Audio, read
from engine.generate import reconstruct
from engine.similarity import COPIED, SONGS_FILE, Basis, Songs, closest, load_songs, nearest
from engine.train.index_songs import EXCERPT_SECONDS, cut_out

SECONDS = 10.0
PERCENTILES = (5, 10, 50, 90, 95)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("heldout", type=Path)
    parser.add_argument("--model", type=Path, default=weights.DEFAULT)
    parser.add_argument("--songs", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    songs, choice = load_songs(arguments.model / SONGS_FILE), np.random.default_rng(1)
    paths = [path for path in sorted(arguments.folder.glob("*.wav")) if int(path.stem) in songs.song]
    chosen = [paths[number] for number in choice.permutation(len(paths))[: arguments.songs]]
    found, table = copied(weights.load(arguments.model, torch.device("cpu")), chosen, songs, choice)
    table |= to_prompts(chosen, songs.basis)
    unseen = sorted(arguments.heldout.glob("*.wav"))[: arguments.songs]
    table["unseen"] = [closest(middle(path, 0.0), songs).ratio for path in unseen]
    rows = {name: np.percentile(values, PERCENTILES).round(3).tolist() for name, values in table.items()}
    for name, row in rows.items():
        print(f"{name:12}" + "  ".join(f"{p} % {value:.3f}" for p, value in zip(PERCENTILES, row, strict=True)))
    counts = {
        "copies": len(chosen),
        "found": found,
        "told": sum(ratio < COPIED for ratio in table["copy"]),
        "unseen songs": len(unseen),
        "false alarms": sum(ratio < COPIED for ratio in table["unseen"]),
    }
    print(", ".join(f"{name} {count}" for name, count in counts.items()))
    if arguments.json:
        print(json.dumps(rows | counts))


def copied(model, paths: list[Path], songs: Songs, choice: np.random.Generator) -> tuple[int, dict[str, list[float]]]:
    """How many copies are found in the song that they were taken from, and all their ratios."""
    found, ratios = 0, []
    for path in paths:
        song = read(path)
        start = choice.uniform(0, song.seconds - EXCERPT_SECONDS)
        excerpt = cut_out(song, start, EXCERPT_SECONDS)
        match = closest(Audio(reconstruct(model, excerpt), excerpt.rate), songs)
        found += match.song == int(path.stem)
        ratios.append(match.ratio)
    return found, {"copy": ratios}


def to_prompts(paths: list[Path], basis: Basis) -> dict[str, list[float]]:
    """Mean distance of 10 s to the closest passages of 10 s of the same song, of the same style, of another one."""
    table = {"same song": [], "same style": [], "other style": []}
    styles = [json.loads(path.with_suffix(".json").read_text())["style"] for path in paths]
    prompts = [basis.describe(middle(path, -SECONDS)) for path in paths]
    for number, path in enumerate(paths):
        after = middle(path, 0.0)
        for other, style in enumerate(styles):
            kind = "same song" if other == number else "same style" if style == styles[number] else "other style"
            table[kind].append(float(nearest(after, prompts[other], basis).mean()))
    return table


def middle(path: Path, offset: float) -> Audio:
    """10 s of a song from its middle on, or from so many seconds after it."""
    song = read(path)
    return cut_out(song, song.seconds / 2 + offset, SECONDS)


if __name__ == "__main__":
    main()
