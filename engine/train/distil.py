"""Stage 7: distil the TrigFlow head into the consistency head, for 1 to 4 steps. Everything but that head is frozen.

python -m engine.train.distil LATENTS CALM OUT --minutes 16
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import nn

from engine.config import PRESETS
from engine.model.calm import Calm
from engine.train.latent_crops import LatentCrops, Lesson
from engine.train.lessons import remembered
from engine.train.objectives import LossWeight, consistency_loss, draw_times
from engine.train.precision import mixed
from engine.train.run import Ema, Run, load_calm, set_rate
from engine.train.together import place
from engine.train.train_calm import CROP_FRAMES

BATCH = 2
PEAK_LR = 4e-4
RAMP_STEPS = 300  # r goes 0 -> 1 over these


class HeadTraining(nn.Module):
    """The parameters that this stage trains: one head and its loss weight w(t)."""

    def __init__(self, calm: Calm):
        super().__init__()
        self.head, self.weight = calm.heads["consistency"], LossWeight()


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("calm", type=Path, help="run folder of engine.train.train_calm, or a model folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=16)
    parser.add_argument("--preset", choices=PRESETS, default="studio", help="of the run folder")
    train(**vars(parser.parse_args(argv)))


def train(latents: Path, calm: Path, out: Path, minutes: float, preset: str) -> None:
    teacher = load_calm(calm, preset)
    teacher.heads["consistency"].load_state_dict(teacher.heads["trigflow"].state_dict())
    teacher.to(device := place())
    student = HeadTraining(teacher).to(device).requires_grad_(True)
    ema = Ema(student)
    optimizer = torch.optim.AdamW(student.parameters(), lr=PEAK_LR, betas=(0.9, 0.99), weight_decay=0.0)
    run = Run(out, minutes, {"student": student, "ema": ema, "optimizer": optimizer})
    crops = LatentCrops(latents, CROP_FRAMES, seed=run.step)
    for step in run.steps():
        set_rate(optimizer, run.cosine(PEAK_LR))
        loss, tangent = distillation_loss(teacher, student, crops.batch(BATCH).to(device), min(1.0, step / RAMP_STEPS))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        ema.update()
        if step % 10 == 0:
            run.log(loss=loss.detach(), tangent=tangent, lr=optimizer.param_groups[0]["lr"])


def distillation_loss(teacher: Calm, student: HeadTraining, lesson: Lesson, ramp: float):
    """The consistency loss over all positions of a lesson, and the size of its tangent."""
    x = teacher.normalise(lesson.latents)
    with torch.no_grad(), mixed(x.device.type):
        # Noised as in training. In contexts that the student wrote itself (1,200 steps), told sheets of any strength,
        # it came out no better: tempo held on 14 of 30 songs, not 17, the rest the same.
        z = teacher.teacher_forced(x, noise=True)
        memory = remembered(x, lesson.ago) if teacher.recall else None
        z = teacher.bent(z, lesson.sheet, memory).flatten(0, 1)
    z, head = z.float(), teacher.heads["trigflow"]
    return consistency_loss(
        lambda x_t, t: student.head(x_t, t, z),
        student.weight,
        x.flatten(0, 1),
        draw_times(z, mean=0.0, std=1.6),  # wider than TrigFlow's: one step starts at pi / 2
        ramp,
        teacher=lambda x_t, t: head(x_t, t, z),
    )


if __name__ == "__main__":
    main()
