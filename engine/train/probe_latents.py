"""How well notes can be read from latents by a linear map: a probe of what an ear tells the language model.

    python -m engine.train.probe_latents DATA LATENTS HELDOUT HELDOUT_LATENTS [--preset studio] [--steps 200] [--json]

DATA and HELDOUT come from engine.train.render, the latents from engine.train.encode. A fresh reading of the notes
(`engine.train.semantics`) is fitted to the one and judged on the other: average precision, 0..1, over all frames and
keys (``keys``), and of the frames where a pitched note begins and a drum is struck. ``chance`` is how often that is so.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.config import PRESETS, VAEConfig
from engine.errors import CalmError
from engine.train.semantics import KEYS, ONSETS, Piano, song_targets

LR = 0.03
BATCH = 8192  # frames


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "latents", "heldout", "heldout_latents"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--preset", choices=PRESETS, default="studio", help="of the ear that wrote the latents")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    config = PRESETS[arguments.preset].vae
    known = frames_of(arguments.data, arguments.latents, config)
    unseen = frames_of(arguments.heldout, arguments.heldout_latents, config)
    table = probe(known, unseen, arguments.steps)
    for what, row in table.items():
        print(f"{what:10}" + "  ".join(f"{key} {value:.3f}" for key, value in row.items()))
    if arguments.json:
        print(json.dumps(table))


def frames_of(data: Path, latents: Path, config: VAEConfig) -> tuple[Tensor, Tensor]:
    """All encoded frames (n, dim) of the songs, and their notes (n, TARGETS); both float32."""
    files = sorted(latents.glob("*.npy"))
    if not files:
        raise CalmError(f"No latents in {latents}", "Encode some first: python -m engine.train.encode --help")
    heard = [np.load(file, allow_pickle=False).astype(np.float32) for file in files]
    notes = [song_targets(data / f"{file.stem}.wav", len(x), config) for file, x in zip(files, heard, strict=True)]
    return torch.from_numpy(np.concatenate(heard)), torch.from_numpy(np.concatenate(notes))


def probe(known: tuple[Tensor, Tensor], unseen: tuple[Tensor, Tensor], steps: int) -> dict[str, dict[str, float]]:
    """Fit to the known frames, judge on the unseen ones: precision and chance of each kind of target."""
    mean, std = known[0].mean(0), known[0].std(0).clamp(min=1e-3)
    piano = fit((known[0] - mean) / std, known[1], steps)
    with torch.no_grad():
        scores = piano((unseen[0] - mean) / std).numpy()
    truth = unseen[1].numpy() > 0
    columns = {"keys": slice(0, KEYS)} | {name: slice(KEYS + at, KEYS + at + 1) for at, name in enumerate(ONSETS)}
    return {
        name: {
            "precision": average_precision(scores[:, part].ravel(), truth[:, part].ravel()),
            "chance": float(truth[:, part].mean()),
        }
        for name, part in columns.items()
    }


def fit(frames: Tensor, notes: Tensor, steps: int) -> Piano:
    """A reading of the notes, by Adam over random frames, its rate falling to nothing; the same every time."""
    generator = torch.Generator().manual_seed(0)
    piano = Piano(frames.shape[1])
    with torch.no_grad():
        for parameter in piano.parameters():
            parameter.zero_()
    optimizer = torch.optim.Adam(piano.parameters())
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = LR * (1 - step / steps)
        picks = torch.randint(len(frames), (BATCH,), generator=generator)
        optimizer.zero_grad()
        piano.loss(frames[picks], notes[picks]).backward()
        optimizer.step()
    return piano


def average_precision(scores: np.ndarray, truth: np.ndarray) -> float:
    """The mean, over all that is true (n,), of the precision among what scores no less; 0 if nothing is true."""
    right = truth[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right].mean()) if right.any() else 0.0


if __name__ == "__main__":
    main()
