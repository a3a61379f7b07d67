"""Trains a head that refines the vocoder's phases, to measure how far that goes; a model's spectral VAE is frozen.

    python -m engine.train.train_phases DATA MODEL OUT --minutes 20 [--critics]
    python -m engine.train.evaluate_phases FOLDER --head OUT

It learns by the mel error of middle and side that `engine.train.judge_sound` measures, in the same windows; with
``--critics`` against discriminators too, as `engine.train.train_waveform_vae` does, which is meant for a GPU.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.errors import CalmError
from engine.model.vae import SpectralVAE
from engine.train.audio_crops import AudioCrops
from engine.train.critics import Critics
from engine.train.phase_head import PhaseHead
from engine.train.run import Ema, Run, load_averaged, load_vae, set_rate
from engine.train.sound_losses import MelError
from engine.train.together import place
from engine.train.train_vae import SPECTRAL
from engine.train.train_waveform_vae import WEIGHTS, descend
from engine.train.voicing import Voiced, draw, hear, overlap_added, voice
from engine.train.waveform_losses import balanced_gradient

CROP_FRAMES = 25
BATCH = 8
PEAK_LR = 2e-3


@dataclass(frozen=True, eq=False)
class Trainee:
    """The head, the VAE that it serves, and what it learns by; critics only if they are to be heeded."""

    vae: SpectralVAE
    head: PhaseHead
    mel: MelError
    optimizer: torch.optim.Optimizer
    critics: Critics | None


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+", help="folders of WAV files, each heard as often")
    parser.add_argument("model", type=Path, help="run folder of engine.train.train_vae, or a model folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--preset", choices=SPECTRAL, default="studio", help="of a run folder")
    parser.add_argument("--critics", action="store_true", help="learn against discriminators too")
    arguments = parser.parse_args(argv)
    vae = load_vae(arguments.model, arguments.preset)
    train(vae, arguments.data, arguments.out, arguments.minutes, arguments.critics)


def train(vae: SpectralVAE, data: list[Path], out: Path, minutes: float, critics: bool) -> PhaseHead:
    """The trained head, its averaged weights in place; everything is in ``out`` to be resumed."""
    trainee = new_trainee(vae, critics)
    ema = Ema(trainee.head)
    parts = {"head": trainee.head, "ema": ema, "optimizer": trainee.optimizer}
    if trainee.critics:
        parts |= {"critics": trainee.critics.judges, "critic_optimizer": trainee.critics.optimizer}
    run = Run(out, minutes, parts)
    size = CROP_FRAMES * vae.config.frame_size
    crops = [AudioCrops(folder, size, seed=run.step) for folder in data]
    with ThreadPoolExecutor(1) as listener:  # the vocoder is numpy and runs beside the step before
        upcoming = listener.submit(next_batch, vae, crops)
        for step in run.steps():
            (source, voiced), upcoming = upcoming.result(), listener.submit(next_batch, vae, crops)
            set_rate(trainee.optimizer, run.cosine(PEAK_LR))
            losses = learn(trainee, source, voiced)
            ema.update()
            if step % 10 == 0:
                run.log(**losses)
    ema.copy_to(trainee.head)
    return trainee.head.eval()


def new_trainee(vae: SpectralVAE, against: bool) -> Trainee:
    device = place()
    vae.to(device).requires_grad_(False)
    head = PhaseHead(vae.config.hop, vae.config.fft_size).to(device)
    return Trainee(
        vae,
        head,
        MelError(vae.config.sample_rate).to(device),
        torch.optim.AdamW(head.parameters(), lr=PEAK_LR, betas=(0.9, 0.99), weight_decay=1e-3),
        Critics(device) if against else None,
    )


@torch.no_grad()
def next_batch(vae: SpectralVAE, crops: list[AudioCrops]) -> tuple[Tensor, Voiced]:
    """BATCH crops (BATCH, 2, N), of each folder as many, and what the vocoder makes of them."""
    source = torch.cat([folder.batch(max(1, BATCH // len(crops))) for folder in crops]).to(vae.level_mean.device)
    return source, voice(vae, draw(vae, hear(vae, source).latents))


def learn(trainee: Trainee, source: Tensor, voiced: Voiced) -> dict[str, Tensor]:
    """One step on sound (B, 2, N) -> the losses before it."""
    decoded = overlap_added(trainee.vae, trainee.head(voiced).spectra())
    source = source[..., : decoded.shape[-1]]
    losses = {"mel": trainee.mel(decoded, source)}
    if trainee.critics is None:
        descend(losses["mel"], trainee.optimizer, trainee.head)
    else:
        critic = trainee.critics.learn(decoded, source)
        losses |= trainee.critics.losses(decoded, source)
        gradient = balanced_gradient(losses, {name: WEIGHTS[name] for name in losses}, decoded)
        descend((decoded * gradient).sum(), trainee.optimizer, trainee.head)
        losses["critic"] = critic
    return {name: value.detach() for name, value in losses.items()}


def read(folder: Path, vae: SpectralVAE) -> PhaseHead:
    """The head that a run in ``folder`` left. CalmError if there is none."""
    if not (folder / "checkpoint.pt").is_file():
        raise CalmError(f"There is no head in {folder}", "Train one: python -m engine.train.train_phases --help")
    return load_averaged(PhaseHead(vae.config.hop, vae.config.fft_size), folder, "head")


if __name__ == "__main__":
    main()
