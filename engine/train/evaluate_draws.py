"""How near the draws of each sampler come, frame by frame, to what really follows and to the finest sampler's.

    python -m engine.train.evaluate_draws LATENTS [--model FOLDER] [--frames 200] [--json]

For frames of unseen songs, their past as it was and told their lead sheets, many draws of each are made. ``score`` is
the energy score against the frame that really follows, E|X - y| - E|X - X'| / 2: least in the mean for the true
distribution (Gneiting & Raftery, 2007); ``distance`` the energy distance to the draws of TrigFlow in 100 steps at a
temperature of 1, 2 E|X - Y| - E|X - X'| - E|Y - Y'|; ``mean_error`` the mean square error of the draws' mean, and
``variance`` that of the draws; all in normalised latents.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import torch
from torch import Tensor

from engine.config import PRESETS
from engine.controls import USUAL_STEPS, Sampler
from engine.model.calm import Calm
from engine.model.recall import recalled
from engine.sampling import SAMPLERS
from engine.train.latent_crops import LatentCrops
from engine.train.run import load_calm
from engine.train.train_calm import CROP_FRAMES
from engine.weights import DEFAULT

DRAWS = 32  # of each frame
SONGS = 8
WAYS: tuple[tuple[Sampler, int], ...] = (
    ("consistency", 1), ("consistency", 2), ("consistency", 4), ("trigflow", 4), ("trigflow", 16), ("trigflow", 100),
)  # fmt: skip
TEMPERATURES = (0.8, 1.0, 1.2, 1.4)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode, of songs not learned from")
    parser.add_argument("--model", type=Path, default=DEFAULT, help="default: the bundled one")
    parser.add_argument("--preset", choices=PRESETS, default="studio", help="of a run folder")
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    table = evaluate(load_calm(arguments.model, arguments.preset), arguments.latents, arguments.frames)
    for name, row in table.items():
        print(f"{name:>30} " + "  ".join(f"{key} {value:.3f}" for key, value in row.items()))
    if arguments.json:
        print(json.dumps(table))


@torch.inference_mode()
def evaluate(calm: Calm, latents: Path, frames: int) -> dict[str, dict[str, float]]:
    """By "consistency, 4 steps at 0.8" and so on the means over so many frames."""
    z, truth = contexts(calm, latents, frames)
    finest = draws(calm, z, "trigflow", USUAL_STEPS["trigflow"], 1.0, seed=1)
    wanted = [(*way, temperature) for way in WAYS for temperature in TEMPERATURES]
    table, began = {}, time.monotonic()
    for done, (sampler, steps, temperature) in enumerate(wanted, 1):
        drawn = draws(calm, z, sampler, steps, temperature, seed=2)
        table[f"{sampler}, {steps} steps at {temperature}"] = row(drawn, truth, finest)
        left = (time.monotonic() - began) / done * (len(wanted) - done)
        print(f"{done} of {len(wanted)}, ETA {left / 60:.1f} min", file=sys.stderr, flush=True)
    return table


def contexts(calm: Calm, latents: Path, frames: int) -> tuple[Tensor, Tensor]:
    """Z (frames, width), bent to what sheet and bars before tell, and the frames (frames, dim) that follow, the same
    each time."""
    lesson = LatentCrops(latents, CROP_FRAMES, seed=0, forgetful=False).batch(SONGS)
    x = calm.normalise(lesson.latents)
    memory = recalled(x, torch.arange(CROP_FRAMES), lesson.ago) if calm.recall else None
    z = calm.bent(calm.teacher_forced(x, noise=False), lesson.sheet, memory)
    chosen = torch.randperm(SONGS * CROP_FRAMES, generator=torch.Generator().manual_seed(0))[:frames]
    return z.flatten(0, 1)[chosen], x.flatten(0, 1)[chosen]


def draws(calm: Calm, z: Tensor, sampler: Sampler, steps: int, temperature: float, seed: int) -> Tensor:
    """(frames, DRAWS, dim) for Z (frames, width)."""
    conditions, head = z.repeat_interleave(DRAWS, dim=0), calm.heads[sampler]
    generator = torch.Generator().manual_seed(seed)
    shape = (len(conditions), calm.latent_mean.numel())
    drawn = SAMPLERS[sampler](
        lambda x, t: head(x, t, conditions), lambda: torch.randn(shape, generator=generator), steps, temperature
    )
    return drawn.unflatten(0, (-1, DRAWS))


def row(drawn: Tensor, truth: Tensor, finest: Tensor) -> dict[str, float]:
    spread = apart(drawn)
    return {
        "score": ((drawn - truth[:, None]).norm(dim=2).mean(1) - spread / 2).mean().item(),
        "distance": (2 * torch.cdist(drawn, finest).mean((1, 2)) - spread - apart(finest)).mean().item(),
        "mean_error": (drawn.mean(1) - truth).square().mean().item(),
        "variance": drawn.var(1).mean().item(),
    }


def apart(drawn: Tensor) -> Tensor:
    """(frames,) the mean distance between two of the draws (frames, DRAWS, dim) of a frame."""
    return torch.cdist(drawn, drawn).sum((1, 2)) / (DRAWS * (DRAWS - 1))


if __name__ == "__main__":
    main()
