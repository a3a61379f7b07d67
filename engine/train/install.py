"""Stage 8: put the averaged weights of the runs together and install them as a model folder.

    python -m engine.train.install VAE CALM FOLLOW TEXT DISTIL assets/models/studio [--keep 0.5]

What went on from an installed model can be averaged with what it was (Wortsman et al., arXiv 2109.01903): that costs
nothing in use. The bundled mean, half of each, errs less on unseen songs than either (the model card has the figures).
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import torch

from engine import weights
from engine.config import PRESETS
from engine.model.calm import Calm, Model
from engine.train.distil import HeadTraining
from engine.train.run import is_model, load_averaged, load_calm, load_vae
from engine.train.train_follow import FollowTraining
from engine.train.train_text import TextTraining

LICENSE = "Apache-2.0; trained only on music composed and rendered by this project"

PARTS = {  # what holds the parameters of each stage, how its run calls that, and which modules of it are installed
    "follow": (FollowTraining, "training", ("follow", "recall")),
    "text": (TextTraining, "training", ("text",)),
    "distil": (HeadTraining, "student", ("head",)),
}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vae", type=Path, help="run folder of engine.train.train_vae, or a model folder")
    parser.add_argument("calm", type=Path, help="run folder of engine.train.train_calm, or a model folder")
    for part in PARTS:
        parser.add_argument(part, type=Path, help="the same of that stage; or CALM once more: not trained")
    parser.add_argument("out", type=Path)
    parser.add_argument("--preset", choices=PRESETS, default="studio")
    parser.add_argument("--keep", type=share, default=0.0, help="of each weight, from the model in OUT; default: 0")
    arguments = parser.parse_args(argv)
    model = Model(PRESETS[arguments.preset])
    model.vae.load_state_dict(load_vae(arguments.vae, arguments.preset).state_dict())
    model.calm.load_state_dict(load_calm(arguments.calm, arguments.preset).state_dict())
    for part in PARTS:
        if getattr(arguments, part) != arguments.calm:  # else that part stays as CALM's own run left it
            take_over(model.calm, part, getattr(arguments, part), arguments.preset)
    if arguments.keep:
        keep(model, arguments.out, arguments.keep)
    weights.save(model, arguments.out, LICENSE)


def share(text: str) -> float:
    """ "0.4", and no less than 0 or more than 1."""
    if not 0 <= (part := float(text)) <= 1:
        raise ValueError(text)
    return part


@torch.no_grad()
def keep(model: Model, folder: Path, part: float) -> None:
    """Make each parameter a mean with that of the model in ``folder``, which counts for ``part``, 0 to 1."""
    before = dict(weights.load(folder, torch.device("cpu"), steps="torch").named_parameters())
    for name, parameter in model.named_parameters():
        parameter.copy_(before[name].lerp(parameter, 1 - part))


def take_over(calm: Calm, part: str, folder: Path, preset: str) -> None:
    """Put in place what a stage trained, from its run or from an installed model."""
    training, name, modules = PARTS[part]
    if is_model(folder):
        trained = training(load_calm(folder, preset))
        for module in filter(partial(getattr, trained), modules):  # there may be no recall
            getattr(training(calm), module).load_state_dict(getattr(trained, module).state_dict())
    else:
        load_averaged(training(calm), folder, name)


if __name__ == "__main__":
    main()
