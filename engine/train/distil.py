"""Stage 6: distil the TrigFlow head into the consistency head, for 1 to 4 steps. Everything but that head is frozen.

python -m engine.train.distil LATENTS CALM FOLLOW_RUN OUT --minutes 30
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.config import PRESETS
from engine.model.calm import Calm
from engine.train.latent_crops import LatentCrops
from engine.train.objectives import LossWeight, consistency_loss, draw_times
from engine.train.rehearse import Frames, read, rehearse
from engine.train.run import Ema, Run, load_averaged, load_calm, set_rate
from engine.train.train_calm import CROP_FRAMES
from engine.train.train_follow import FollowTraining

BATCH = 2
PEAK_LR = 4e-4
RAMP_STEPS = 300  # r goes 0 -> 1 over these; then the student is good enough to rehearse
REHEARSE_EVERY, REHEARSED = 100, 16  # steps, crops


class HeadTraining(nn.Module):
    """The parameters that stage 5 trains: one head and its loss weight w(t)."""

    def __init__(self, calm: Calm):
        super().__init__()
        self.head, self.weight = calm.heads["consistency"], LossWeight()


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("calm", type=Path, help="run folder of engine.train.train_calm, or a model folder")
    parser.add_argument("follow", type=Path, help="run folder of engine.train.train_follow")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--preset", choices=PRESETS, default="studio", help="of the run folders")
    train(**vars(parser.parse_args(argv)))


def train(latents: Path, calm: Path, follow: Path, out: Path, minutes: float, preset: str) -> None:
    teacher = load_calm(calm, preset)
    load_averaged(FollowTraining(teacher), follow, "training")
    teacher.heads["consistency"].load_state_dict(teacher.heads["trigflow"].state_dict())
    student = HeadTraining(teacher).requires_grad_(True)
    ema = Ema(student)
    optimizer = torch.optim.AdamW(student.parameters(), lr=PEAK_LR, betas=(0.9, 0.99), weight_decay=0.0)
    run = Run(out, minutes, {"student": student, "ema": ema, "optimizer": optimizer})
    crops = LatentCrops(latents, CROP_FRAMES, seed=run.step)
    rehearsed = None
    for step in run.steps():
        set_rate(optimizer, run.cosine(PEAK_LR))
        frames = read(teacher, *crops.batch(BATCH))
        if step >= RAMP_STEPS:
            if rehearsed is None or step % REHEARSE_EVERY == 0:
                rehearsed = rehearse(teacher, *crops.batch(REHEARSED))
            frames = frames.joined(rehearsed.some(len(frames.x0)))
        loss, tangent = distillation_loss(teacher, student, frames, min(1.0, step / RAMP_STEPS))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        ema.update()
        if step % 10 == 0:
            run.log(loss=loss.detach(), tangent=tangent, lr=optimizer.param_groups[0]["lr"])


def distillation_loss(teacher: Calm, student: HeadTraining, frames: Frames, ramp: float) -> tuple[Tensor, Tensor]:
    """The consistency loss over all frames, and the size of its tangent."""
    head = teacher.heads["trigflow"]
    return consistency_loss(
        lambda x_t, t: student.head(x_t, t, frames.z),
        student.weight,
        frames.x0,
        draw_times(len(frames.x0), mean=0.0, std=1.6),  # wider than TrigFlow's: one step starts at pi / 2
        ramp,
        teacher=lambda x_t, t: head(x_t, t, frames.z),
    )


if __name__ == "__main__":
    main()
