"""Stage 4, the musician: train backbone, short context and TrigFlow head together.

    python -m engine.train.train_calm LATENTS OUT --heldout LATENTS --minutes 90
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.config import PRESETS
from engine.model.calm import Calm
from engine.train.latent_crops import LatentCrops
from engine.train.objectives import LossWeight, draw_times, trigflow_loss
from engine.train.run import Ema, Run

CROP_FRAMES = 512
BATCH = 4
HEAD_MULTIPLIER = 4  # independent (t, e) draws per position, for one pass of the backbone (CALM, section 3.4)
PEAK_LR = 1e-3
HELDOUT_EVERY = 100


class CalmTraining(nn.Module):
    """The parameters that stage 4 trains: the model and the loss weight w(t)."""

    def __init__(self, calm: Calm):
        super().__init__()
        self.calm, self.weight = calm, LossWeight()

    def forward(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """VAE latents (B, S, dim) -> TrigFlow loss and velocity error, over every position and draw."""
        x = self.calm.normalise(latents)
        z = self.calm.training_context(x).flatten(0, 1).repeat(HEAD_MULTIPLIER, 1)
        x0 = x.flatten(0, 1).repeat(HEAD_MULTIPLIER, 1)
        head = self.calm.heads["trigflow"]
        return trigflow_loss(lambda x_t, t: head(x_t, t, z), self.weight, x0, draw_times(len(x0)))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("out", type=Path)
    parser.add_argument("--heldout", type=Path, required=True, help="latents of songs with other seeds")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--preset", choices=PRESETS, default="studio")
    train(**vars(parser.parse_args(argv)))


def train(latents: Path, out: Path, heldout: Path, minutes: float, preset: str) -> None:
    training = CalmTraining(Calm(PRESETS[preset]))
    ema = Ema(training)
    optimizer = torch.optim.AdamW(decayed(training, 0.1), lr=PEAK_LR, betas=(0.9, 0.95))
    run = Run(out, minutes, {"training": training, "ema": ema, "optimizer": optimizer})
    crops, unseen = LatentCrops(latents, CROP_FRAMES, seed=run.step), LatentCrops(heldout, CROP_FRAMES, seed=0)
    if run.step == 0:
        mean, std = crops.statistics()
        training.calm.latent_mean.copy_(mean)
        training.calm.latent_std.copy_(std)
    exam = unseen.batch(2 * BATCH)
    for step in run.steps():
        for group in optimizer.param_groups:
            group["lr"] = run.cosine(PEAK_LR)
        with torch.autocast("cpu", torch.bfloat16):
            loss, error = training(crops.batch(BATCH))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(training.parameters(), 1.0)
        optimizer.step()
        ema.update()
        metrics = {"v_loss": error, "lr": optimizer.param_groups[0]["lr"]}
        if step % HELDOUT_EVERY == 0:
            metrics["heldout_v_loss"] = examine(training, exam)
        if step % 10 == 0:
            run.log(**metrics)


def decayed(module: nn.Module, weight_decay: float) -> list[dict]:
    """Parameter groups: matrices decay, vectors do not."""
    matrices = [p for p in module.parameters() if p.ndim >= 2]
    vectors = [p for p in module.parameters() if p.ndim < 2]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]


@torch.no_grad()
def examine(training: CalmTraining, latents: Tensor) -> Tensor:
    """The velocity error on unseen songs, every time with the same noise."""
    with torch.random.fork_rng(), torch.autocast("cpu", torch.bfloat16):
        torch.manual_seed(0)
        return training(latents)[1]


if __name__ == "__main__":
    main()
