"""Stage 5, the lead sheet: teach a trained CALM to read it, and to look back by its bars, with everything else frozen.

python -m engine.train.train_follow LATENTS CALM OUT --heldout LATENTS --minutes 15
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.config import PRESETS
from engine.model.calm import Calm
from engine.train.labels import forget, forget_bars
from engine.train.latent_crops import LatentCrops, Lesson
from engine.train.lessons import examine, exams, read, remembered
from engine.train.objectives import LossWeight, draw_times, trigflow_loss
from engine.train.precision import mixed
from engine.train.run import Ema, Run, load_calm, set_rate
from engine.train.together import place

CROP_FRAMES, BATCH = 512, 4
LESSONS = 4  # steps on each batch, each with parts of the sheets left out anew: reading the songs is the dear part
LR = 2e-3
HELDOUT_EVERY = 200


class FollowTraining(nn.Module):
    """The parameters that stage 5 trains, and the frozen head that judges them."""

    def __init__(self, calm: Calm):
        super().__init__()
        self.follow, self.recall, self.weight = calm.follow, calm.recall, LossWeight()

    def forward(self, head: nn.Module, z: Tensor, x: Tensor, told: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Z (B, S, width) that was told nothing, the frames x (B, S, dim) to come and what is told of them, by the
        sheet and of the bars ago -> TrigFlow loss and velocity error."""
        sheet, ago = told
        bent = self.follow(z, sheet)
        if self.recall is not None:
            bent = bent + self.recall.shift(z, remembered(x, ago))
        z, x0 = bent.flatten(0, 1), x.flatten(0, 1)
        return trigflow_loss(lambda x_t, t: head(x_t, t, z), self.weight, x0, draw_times(x0))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("calm", type=Path, help="run folder of engine.train.train_calm, or a model folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--heldout", type=Path, required=True, help="latents of songs with other seeds")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--preset", choices=PRESETS, default="studio", help="of the run folder")
    train(**vars(parser.parse_args(argv)))


def train(latents: Path, calm: Path, out: Path, heldout: Path, minutes: float, preset: str) -> None:
    teacher = load_calm(calm, preset)
    head, random = teacher.heads["trigflow"], np.random.default_rng()
    teacher.to(device := place())
    training = FollowTraining(teacher).to(device).requires_grad_(True)
    ema = Ema(training)
    optimizer = torch.optim.AdamW(training.parameters(), lr=LR, betas=(0.9, 0.95), weight_decay=0.0)
    run = Run(out, minutes, {"training": training, "ema": ema, "optimizer": optimizer})
    crops = LatentCrops(latents, CROP_FRAMES, seed=run.step, forgetful=False)
    unseen = LatentCrops(heldout, CROP_FRAMES, seed=0, forgetful=False).batch(4 * BATCH).to(device)
    exam = read(teacher, unseen.latents)
    for step in run.steps():
        if step % LESSONS == 0 or step == run.first:
            lesson = crops.batch(BATCH)
            z, x = read(teacher, lesson.latents.to(device))
        set_rate(optimizer, run.cosine(LR))
        told = tuple(part.to(device) for part in in_part(lesson, random))
        with mixed(device.type):
            loss, error = training(head, z, x, told)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema.update()
        metrics = {"v_loss": error, "lr": optimizer.param_groups[0]["lr"]}
        if step % HELDOUT_EVERY == 0:
            metrics |= {
                f"heldout_v_loss{name}": examine(training, head, *exam, (each.sheet, each.ago))
                for name, each in exams(unseen).items()
            }
        if step % 10 == 0:
            run.log(**metrics)


def in_part(lesson: Lesson, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """What is told of a lesson, each time with other parts left out."""
    sheets = [forget(sheet, random) for sheet in lesson.sheet.numpy()]
    ago = [forget_bars(ago, sheet, random) for ago, sheet in zip(lesson.ago.numpy(), sheets, strict=True)]
    return torch.from_numpy(np.stack(sheets)), torch.from_numpy(np.stack(ago))


if __name__ == "__main__":
    main()
