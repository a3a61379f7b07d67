"""After a new ear: give a CALM that was trained on another ear's latents a start on the new one's.

python -m engine.train.transplant MODEL OLD_LATENTS VAE NEW_LATENTS OUT

MODEL is the installed model, OLD_LATENTS and NEW_LATENTS are the same songs encoded by its ear and by that of the run
VAE. What enters and leaves CALM as a latent goes through the linear maps that turn one into the other best; all else is
taken over. The model in OUT is where `engine.train.train_calm --start` goes on from.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from engine import weights
from engine.config import PRESETS
from engine.eight_bits import dequantised
from engine.errors import CalmError
from engine.model.calm import Calm, Model
from engine.model.head import Head
from engine.train.install import LICENSE
from engine.train.run import load_vae
from engine.weights import SCALES


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="model folder; its ear may be one that is no longer built")
    parser.add_argument("old", type=Path, help="latents by the model's ear")
    parser.add_argument("vae", type=Path, help="run folder of engine.train.train_vae")
    parser.add_argument("new", type=Path, help="latents by that ear")
    parser.add_argument("out", type=Path, help="model folder to write")
    parser.add_argument("--preset", choices=PRESETS, default="studio")
    arguments = parser.parse_args(argv)
    model = Model(PRESETS[arguments.preset])
    model.vae.load_state_dict(load_vae(arguments.vae, arguments.preset).state_dict())
    model.calm.load_state_dict(calm_part(arguments.model))
    before, after = latents_of_both(arguments.old, arguments.new)
    for name, share in zip(("old from new", "new from old"), transplant(model.calm, before, after), strict=True):
        print(f"{name}: {100 * share:.0f} % of the variance")
    weights.save(model, arguments.out, LICENSE)


def calm_part(folder: Path) -> dict[str, Tensor]:
    """The weights of a model's CALM, in float32, whatever its ear."""
    whole = load_file(folder / "weights.safetensors")
    scales = {name: whole.pop(name + SCALES) for name in list(whole) if name + SCALES in whole}
    return {
        name.removeprefix("calm."): dequantised(value, scales[name]) if name in scales else value.float()
        for name, value in whole.items()
        if name.startswith("calm.")
    }


def latents_of_both(old: Path, new: Path) -> tuple[Tensor, Tensor]:
    """Latents (n, dim) of the songs that are in both folders, frame by frame the same moments."""
    names = sorted({file.name for file in old.glob("*.npy")} & {file.name for file in new.glob("*.npy")})
    if not names:
        raise CalmError(f"{old} and {new} have no song in common", "Encode the same songs by both ears")
    pairs = [[np.load(folder / name, allow_pickle=False) for folder in (old, new)] for name in names]
    lengths = [min(map(len, pair)) for pair in pairs]
    sides = zip(*([song[:length] for song in pair] for pair, length in zip(pairs, lengths, strict=True)), strict=True)
    before, after = (torch.from_numpy(np.concatenate(side).astype(np.float32)) for side in sides)
    return before, after


@torch.no_grad()
def transplant(calm: Calm, before: Tensor, after: Tensor) -> tuple[float, float]:
    """Turn ``calm``, which reads latents as ``before`` (n, dim), into one that reads them as ``after`` (n, dim) ->
    the shares of the variance of each that follows from the other."""
    x = calm.normalise(before)
    calm.latent_mean, calm.latent_std = after.mean(0), after.std(0)
    y = calm.normalise(after)
    to_old, to_new = (torch.linalg.lstsq(a, b).solution.T for a, b in ((y, x), (x, y)))
    for part in (calm.backbone, calm.short_context, *calm.heads.values()):
        part.embed.weight.copy_(part.embed.weight @ to_old)
    calm.backbone.bos.copy_(torch.linalg.lstsq(to_old, calm.backbone.bos[:, None]).solution[:, 0])
    for head in calm.heads.values():
        _speak(head, to_new)
    return _explained(y @ to_old.T, x), _explained(x @ to_new.T, y)


def _speak(head: Head, to_new: Tensor) -> None:
    """The velocity is a latent's, and noise's: it is mapped as they are."""
    head.out.weight.copy_(to_new @ head.out.weight)
    head.out.bias.copy_(to_new @ head.out.bias)


def _explained(guess: Tensor, truth: Tensor) -> float:
    return float(1 - (guess - truth).square().sum() / (truth - truth.mean(0)).square().sum())


if __name__ == "__main__":
    main()
