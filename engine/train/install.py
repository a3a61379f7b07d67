"""Stage 7: put the averaged weights of the four runs together and install them as a model folder.

python -m engine.train.install VAE CALM FOLLOW_RUN DISTIL_RUN assets/models/studio
"""

from __future__ import annotations

import argparse
from pathlib import Path

from engine import weights
from engine.config import PRESETS
from engine.model.calm import Model
from engine.train.distil import HeadTraining
from engine.train.run import is_model, load_averaged, load_calm, load_vae
from engine.train.train_follow import FollowTraining

LICENSE = "Apache-2.0; trained only on music composed and rendered by this project"


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vae", type=Path, help="run folder of engine.train.train_vae, or a model folder")
    parser.add_argument("calm", type=Path, help="run folder of engine.train.train_calm, or a model folder")
    parser.add_argument("follow", type=Path)
    parser.add_argument("distil", type=Path, help="run folder of engine.train.distil, or a model folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--preset", choices=PRESETS, default="studio")
    arguments = parser.parse_args(argv)
    model = Model(PRESETS[arguments.preset])
    model.vae.load_state_dict(load_vae(arguments.vae, arguments.preset).state_dict())
    model.calm.load_state_dict(load_calm(arguments.calm, arguments.preset).state_dict())
    load_averaged(FollowTraining(model.calm), arguments.follow, "training")
    if is_model(arguments.distil):
        head = load_calm(arguments.distil, arguments.preset).heads["consistency"]
        model.calm.heads["consistency"].load_state_dict(head.state_dict())
    else:
        load_averaged(HeadTraining(model.calm), arguments.distil, "student")
    weights.save(model, arguments.out, LICENSE)


if __name__ == "__main__":
    main()
