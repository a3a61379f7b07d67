"""Stage 2b, the voice: the decoder learns on by how it sounds; what is coded, and the CALM that knows it, stay.

    python -m engine.train.train_voice DATA [DATA ...] MODEL OUT --minutes 50 [--critics]

Stage 2 compares levels, which nobody hears: between them and the sound are gains, guessed phases and windows that
overlap. Here levels are turned into sound as the app does it, and the sound is compared: by mel levels, loudness, and
how left and right correlate. No gradient goes through the phases themselves. With ``--critics`` the decoder learns
against discriminators too, which is meant for a GPU.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from engine.model.vae import SpectralVAE
from engine.train.audio_crops import AudioCrops
from engine.train.critics import Critics
from engine.train.run import Ema, Run, load_vae, set_rate
from engine.train.sound_losses import LoudnessError, MelError, stereo_error
from engine.train.together import place
from engine.train.train_vae import SPECTRAL
from engine.train.train_waveform_vae import WEIGHTS as BALANCE
from engine.train.train_waveform_vae import descend
from engine.train.voicing import Heard, draw, hear, overlap_added, voice
from engine.train.waveform_losses import balanced_gradient

CROP_FRAMES = 25
BATCH = 8
PEAK_LR = 4e-4
# Of the sound, and of the levels it is made from, which keep these to what they mean where the sound does not tell.
WEIGHTS = {"mel": 1 / 3, "loudness": 0.5, "stereo": 2.0, "level": 3.0, "change": 1.5}


@dataclass(frozen=True, eq=False)
class Trainee:
    """The VAE whose decoder learns, and what it learns by; critics only if they are to be heeded."""

    vae: SpectralVAE
    mel: MelError
    loudness: LoudnessError
    optimizer: torch.optim.Optimizer
    critics: Critics | None


class Batch(NamedTuple):
    """Sound (B, 2, N), and what the encoder hears of it."""

    source: Tensor
    heard: Heard


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+", help="folders of WAV files, each heard as often")
    parser.add_argument("model", type=Path, help="run folder of engine.train.train_vae, or a model folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=50)
    parser.add_argument("--preset", choices=SPECTRAL, default="studio", help="of a run folder")
    parser.add_argument("--critics", action="store_true", help="learn against discriminators too")
    arguments = parser.parse_args(argv)
    vae = load_vae(arguments.model, arguments.preset)
    train(vae, arguments.data, arguments.out, arguments.minutes, arguments.critics)


def train(vae: SpectralVAE, data: list[Path], out: Path, minutes: float, critics: bool) -> SpectralVAE:
    """The VAE with the averaged weights of its decoder in place; everything is in ``out`` to be resumed."""
    trainee = new_trainee(vae, critics)
    ema = Ema(vae)
    parts = {"vae": vae, "ema": ema, "optimizer": trainee.optimizer}
    if trainee.critics:
        parts |= {"critics": trainee.critics.judges, "critic_optimizer": trainee.critics.optimizer}
    run = Run(out, minutes, parts)
    crops = [AudioCrops(folder, CROP_FRAMES * vae.config.frame_size, seed=run.step) for folder in data]
    with ThreadPoolExecutor(1) as listener:
        upcoming = listener.submit(next_batch, vae, crops)
        for step in run.steps():
            batch, upcoming = upcoming.result(), listener.submit(next_batch, vae, crops)
            set_rate(trainee.optimizer, run.cosine(PEAK_LR))
            losses = learn(trainee, batch)
            ema.update()
            if step % 10 == 0:
                run.log(**losses)
    ema.copy_to(vae)
    return vae.eval()


def new_trainee(vae: SpectralVAE, against: bool) -> Trainee:
    device, rate = place(), vae.config.sample_rate
    vae.to(device).requires_grad_(False)
    vae.decoder.requires_grad_(True)
    return Trainee(
        vae,
        MelError(rate).to(device),
        LoudnessError(rate).to(device),
        torch.optim.AdamW(vae.decoder.parameters(), lr=PEAK_LR, betas=(0.9, 0.99), weight_decay=0.0),
        Critics(device) if against else None,
    )


def next_batch(vae: SpectralVAE, crops: list[AudioCrops]) -> Batch:
    """BATCH crops, of each folder as many."""
    source = torch.cat([folder.batch(max(1, BATCH // len(crops))) for folder in crops]).to(vae.level_mean.device)
    return Batch(source, hear(vae, source))


def learn(trainee: Trainee, batch: Batch) -> dict[str, Tensor]:
    """One step -> the losses before it."""
    vae, (source, heard) = trainee.vae, batch
    levels = draw(vae, heard.latents)
    decoded = overlap_added(vae, voice(vae, levels).spectra())
    source = source[..., : decoded.shape[-1]]
    error = (levels - heard.levels) / vae.level_scale
    losses = {
        "mel": trainee.mel(decoded, source),
        "loudness": trainee.loudness(decoded, source),
        "stereo": stereo_error(decoded, source),
        "level": error.abs().mean(),
        "change": error.diff(dim=1).abs().mean(),
    }
    total = sum(weight * losses[name] for name, weight in WEIGHTS.items())
    if trainee.critics is not None:
        critic = trainee.critics.learn(decoded, source)
        believed = trainee.critics.losses(decoded, source)
        gradient = balanced_gradient(believed, {name: BALANCE[name] for name in believed}, decoded)
        total = total + (decoded * gradient).sum()
        losses |= believed | {"critic": critic}
    descend(total, trainee.optimizer, vae.decoder)
    return {name: value.detach() for name, value in losses.items()}


if __name__ == "__main__":
    main()
