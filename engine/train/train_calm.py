"""Stage 4, the musician: train backbone, short context and TrigFlow head together.

python -m engine.train.train_calm LATENTS OUT --heldout LATENTS --minutes 90 [--start assets/models/studio]

In some processes, each with BATCH crops a step: see `engine.train.together`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.config import PRESETS
from engine.model.calm import Calm
from engine.model.head import Block
from engine.model.transformer import Layer
from engine.train.latent_crops import LatentCrops, Lesson
from engine.train.lessons import exams, remembered
from engine.train.muon import Muon
from engine.train.objectives import LossWeight, draw_times, trigflow_loss
from engine.train.precision import mixed
from engine.train.run import Ema, Run, load_calm, set_rate
from engine.train.together import SEEDS_APART, place, shared, together

CROP_FRAMES = 512
BATCH = 8
# Independent (t, e) draws per position, for one pass of the backbone. CALM (section 3.4) has 4 to 8, which are almost
# free on a GPU; on one CPU core four make a step of `studio` a quarter longer, and with one a model learns more in the
# same time (`engine.train.ablate`; the model card has the table).
HEAD_MULTIPLIER = 1
MATRIX_LR, OTHER_LR = 2e-3, 1e-3
HELDOUT_EVERY = 100


class CalmTraining(nn.Module):
    """The parameters that stage 4 trains: the model and the loss weight w(t)."""

    draws, noise = HEAD_MULTIPLIER, True

    def __init__(self, calm: Calm):
        super().__init__()
        self.calm, self.weight = calm, LossWeight()

    def forward(self, latents: Tensor, sheet: Tensor, ago: Tensor) -> tuple[Tensor, Tensor]:
        """A lesson (`engine.train.latent_crops`) -> TrigFlow loss and velocity error, over every position and draw."""
        x = self.calm.normalise(latents)
        z = self.calm.teacher_forced(x, self.noise)
        told = self.told(z, x, sheet, ago)
        loss, error = self.objective(*(each.flatten(0, 1).repeat(self.draws, 1) for each in (x, told)))
        return loss + self.besides(z, sheet), error

    def told(self, z: Tensor, x: Tensor, sheet: Tensor, ago: Tensor) -> Tensor:
        """Z (B, S, width) bent to what a lesson tells of the frames x (B, S, dim)."""
        return self.calm.bent(z, sheet, remembered(x, ago) if self.calm.recall else None)

    def besides(self, z: Tensor, sheet: Tensor) -> Tensor | float:
        """What else is in the loss: nothing, but in an arm of `engine.train.ablate`."""
        return 0.0

    def objective(self, x0: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """The loss, and the error to be shown, of drawing frames x0 (N, dim) by Z (N, width)."""
        head = self.calm.heads["trigflow"]
        return trigflow_loss(lambda x_t, t: head(x_t, t, z), self.weight, x0, draw_times(x0))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("out", type=Path)
    parser.add_argument("--heldout", type=Path, required=True, help="latents of songs with other seeds")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--preset", choices=PRESETS, default="studio")
    parser.add_argument("--start", type=Path, help="model folder to go on from; default: from nothing")
    parser.add_argument("--rate", type=float, default=1.0, help="times the learning rates")
    parser.add_argument("--shard", action="store_true", help="deal the model out over the processes")
    with together() as rank:
        train(**vars(parser.parse_args(argv)), rank=rank)


def train(
    latents: Path,
    out: Path,
    heldout: Path,
    minutes: float,
    preset: str,
    start: Path | None,
    rate: float,
    rank: int = 0,
    shard: bool = False,
    kind: type[CalmTraining] = CalmTraining,
) -> None:
    calm = load_calm(start, preset).requires_grad_(True) if start else Calm(PRESETS[preset])
    for later in filter(None, (calm.heads["consistency"], calm.text)):  # stages 6 and 7 train them
        later.requires_grad_(False)
    device = place()
    training = kind(calm).to(device)
    learner = shared(training, shard)
    ema = Ema(training)
    matrices, others = optimizers(training)
    run = Run(out, minutes, {"training": training, "ema": ema, "matrices": matrices, "others": others})
    crops = LatentCrops(latents, CROP_FRAMES, seed=run.step + rank * SEEDS_APART)
    unseen = LatentCrops(heldout, CROP_FRAMES, seed=0, forgetful=False)
    if run.step == 0 and not start:  # the statistics stay those that the heads were trained with
        mean, std = crops.statistics()
        training.calm.latent_mean.copy_(mean)
        training.calm.latent_std.copy_(std)
    exam = unseen.batch(2 * BATCH).to(device)
    for step in run.steps():
        set_rate(matrices, run.cosine(rate * MATRIX_LR))
        set_rate(others, run.cosine(rate * OTHER_LR))
        with mixed(device.type):
            loss, error = learner(*crops.batch(BATCH).to(device))
        training.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(training.parameters(), 1.0)
        matrices.step()
        others.step()
        ema.update()
        metrics = {"v_loss": error, "lr": matrices.param_groups[0]["lr"]}
        if step % HELDOUT_EVERY == 0:
            metrics |= {f"heldout_v_loss{name}": examine(training, each) for name, each in exams(exam).items()}
        if step % 10 == 0:
            run.log(**metrics)


def optimizers(training: nn.Module) -> tuple[Muon, torch.optim.AdamW]:
    """Muon for the matrices inside layers and blocks, AdamW for all else.

    Measured on the first 100 songs, one core, 100 steps of 2048 frames: held-out v-loss 0.87 with AdamW at 1e-3
    throughout, 0.71 with Muon, whose steps take a fifth longer.
    """
    inside = [module for module in training.modules() if isinstance(module, Layer | Block)]
    matrices = [p for module in inside for p in module.parameters() if p.ndim == 2 and p.requires_grad]
    chosen = set(map(id, matrices))
    others = [p for p in training.parameters() if id(p) not in chosen and p.requires_grad]
    return Muon(matrices, MATRIX_LR), torch.optim.AdamW(others, lr=OTHER_LR, betas=(0.9, 0.95), weight_decay=0.0)


@torch.no_grad()
def examine(training: CalmTraining, lesson: Lesson) -> Tensor:
    """The velocity error on unseen songs, every time with the same noise."""
    with torch.random.fork_rng(), mixed(lesson.latents.device.type):
        torch.manual_seed(0)
        return training(*lesson)[1]


if __name__ == "__main__":
    main()
