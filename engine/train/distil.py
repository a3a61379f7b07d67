"""Stage 7: distil the TrigFlow head into the consistency head, for 1 to 4 steps. Everything but that head is frozen.

    python -m engine.train.distil LATENTS CALM OUT --minutes 60 [--onward] [--by tangents]

By `ends`, the student learns where the teacher's trajectories end (`engine.train.trajectories`); by `tangents`, it
learns continuous-time consistency (sCM), which takes far longer to come as near (the model card has the table).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.config import PRESETS
from engine.controls import Controls
from engine.model.calm import Calm
from engine.train.latent_crops import LatentCrops, Lesson
from engine.train.lessons import remembered
from engine.train.objectives import LossWeight, consistency_loss, draw_times
from engine.train.precision import mixed
from engine.train.run import Ema, Run, load_calm, set_rate
from engine.train.together import place
from engine.train.train_calm import CROP_FRAMES, optimizers
from engine.train.trajectories import endpoint_loss, reached, solved

BATCH = 2
WAYS = ("ends", "tangents")
PEAK_LR, ONWARD_LR = 1e-3, 4e-4  # at the first one a head forgets for half the time what it knew
POINTS = 4  # of each trajectory that the student jumps from
RAMP_STEPS = 300  # r goes 0 -> 1 over these, by tangents
FIRMEST = 2.0  # times the usual strengths; guidance carries Z to where no training of the teacher was


class HeadTraining(nn.Module):
    """The parameters that this stage trains: one head and, by tangents, its loss weight w(t)."""

    def __init__(self, calm: Calm):
        super().__init__()
        self.head, self.weight = calm.heads["consistency"], LossWeight()


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("calm", type=Path, help="run folder of engine.train.train_calm, or a model folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--preset", choices=PRESETS, default="studio", help="of the run folder")
    parser.add_argument("--by", choices=WAYS, default=WAYS[0])
    parser.add_argument("--onward", action="store_true", help="begin with the model's consistency head as it is")
    train(**vars(parser.parse_args(argv)))


def train(latents: Path, calm: Path, out: Path, minutes: float, preset: str, by: str, onward: bool) -> None:
    teacher = load_calm(calm, preset)
    if not onward:
        teacher.heads["consistency"].load_state_dict(teacher.heads["trigflow"].state_dict())
    teacher.to(device := place())
    student = HeadTraining(teacher).to(device).requires_grad_(True)
    ema = Ema(student)
    matrices, others = optimizers(student)
    run = Run(out, minutes, {"student": student, "ema": ema, "matrices": matrices, "others": others})
    crops = LatentCrops(latents, CROP_FRAMES, seed=run.step)
    for step in run.steps():
        for optimizer in (matrices, others):
            set_rate(optimizer, run.cosine(ONWARD_LR if onward else PEAK_LR))
        lesson = crops.batch(BATCH).to(device)
        if by == "ends":
            loss, error = ends_loss(teacher, student, lesson)
        else:
            loss, error = tangents_loss(teacher, student, lesson, min(1.0, step / RAMP_STEPS))
        student.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        matrices.step()
        others.step()
        ema.update()
        if step % 10 == 0:
            run.log(loss=loss.detach(), error=error, lr=matrices.param_groups[0]["lr"])


def ends_loss(teacher: Calm, student: HeadTraining, lesson: Lesson) -> tuple[Tensor, Tensor]:
    """The error of the student's jumps over all positions of a lesson, and of those from where trajectories begin."""
    x, z = conditions(teacher, lesson)
    head, kind = teacher.heads["trigflow"], x.device.type

    with torch.no_grad(), mixed(kind):
        begun = reached(lambda x_t, t: student.head(x_t, t, z).float(), x)
        trajectories = solved(lambda x_t, t: head(x_t, t, z).float(), *begun)
    with mixed(kind):
        return endpoint_loss(lambda x_t, t: student.head(x_t, t, z.repeat(POINTS, 1)), trajectories, POINTS)


def tangents_loss(teacher: Calm, student: HeadTraining, lesson: Lesson, ramp: float) -> tuple[Tensor, Tensor]:
    """The consistency loss over all positions of a lesson, and the size of its tangent."""
    x, z = conditions(teacher, lesson)
    head = teacher.heads["trigflow"]
    return consistency_loss(
        lambda x_t, t: student.head(x_t, t, z),
        student.weight,
        x,
        draw_times(z, mean=0.0, std=1.6),  # wider than TrigFlow's: one step starts at pi / 2
        ramp,
        teacher=lambda x_t, t: head(x_t, t, z),
    )


def conditions(teacher: Calm, lesson: Lesson) -> tuple[Tensor, Tensor]:
    """A lesson's frames (N, dim) and what conditions them, Z (N, width), in float32: of contexts noised as in training
    or clean as in use, told what the lesson tells more or less firmly."""
    x = teacher.normalise(lesson.latents)
    usual, firm = Controls(), FIRMEST * torch.rand(3)
    with torch.no_grad(), mixed(x.device.type):
        z = teacher.teacher_forced(x, noise=bool(torch.rand(()) < 0.5))
        told = teacher.follow(z, lesson.sheet, firm[0] * usual.follow, firm[1] * usual.harmony)
        if teacher.recall:
            told = told + firm[2] * usual.recall * teacher.recall.shift(z, remembered(x, lesson.ago))
    return x.flatten(0, 1), told.flatten(0, 1).float()


if __name__ == "__main__":
    main()
