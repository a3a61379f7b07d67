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
from torch import Tensor, nn

from engine.errors import CalmError
from engine.model.vae import SpectralVAE
from engine.train.audio_crops import AudioCrops
from engine.train.discriminators import Discriminators, adversarial_loss, critic_loss, feature_loss
from engine.train.judge_sound import FLOOR, FLOOR_WINDOW, MEL_BANDS
from engine.train.mel import mel_matrix
from engine.train.phase_head import PhaseHead, Voiced, overlap_added, voice
from engine.train.run import Ema, Run, load_averaged, load_vae, set_rate
from engine.train.together import place
from engine.train.train_vae import SPECTRAL
from engine.train.train_waveform_vae import WEIGHTS, descend
from engine.train.waveform_losses import balanced_gradient

CROP_FRAMES = 25
BATCH = 8
PEAK_LR = 2e-3
CRITIC_LR = 3e-4  # EnCodec's
DECIBEL_WEIGHT, AMPLITUDE_WEIGHT = (
    1 / 3,
    2.0,
)  # of dB, and of the mean amplitude: decibels alone would have noise quieter


class MelError(nn.Module):
    """That of `judge_sound.mel_error`, with a gradient: at each of its windows in dB, and that of amplitudes."""

    def __init__(self, rate: int):
        super().__init__()
        for window, bands in MEL_BANDS.items():
            self.register_buffer(f"mel_{window}", torch.from_numpy(mel_matrix(rate, window, bands)).float())
            self.register_buffer(f"taper_{window}", torch.hann_window(window) * (4 / window))

    def forward(self, decoded: Tensor, source: Tensor) -> Tensor:
        """Two sounds (B, 2, N) -> the loss."""
        errors = []
        for window in MEL_BANDS:
            floor = FLOOR * FLOOR_WINDOW / window
            fake, real = (self._power(sound, window) for sound in (decoded, source))
            decibels = 10 * (fake.clamp(min=floor) / real.clamp(min=floor)).log10()
            fake, real = ((power + 1e-10).sqrt() for power in (fake, real))
            apart = (fake - real).abs().mean() / (real.mean() + 1e-3)
            errors.append(DECIBEL_WEIGHT * decibels.abs().mean() + AMPLITUDE_WEIGHT * apart)
        return torch.stack(errors).sum()

    def _power(self, sound: Tensor, window: int) -> Tensor:
        """(2 B, moments, bands)"""
        spectrum = torch.stft(
            middle_and_side(sound), window, window // 4, window=getattr(self, f"taper_{window}"), center=False,
            return_complex=True,
        )  # fmt: skip
        return torch.view_as_real(spectrum).square().sum(-1).transpose(1, 2) @ getattr(self, f"mel_{window}")


def middle_and_side(sound: Tensor) -> Tensor:
    """(B, 2, N) -> (2 B, N)"""
    left, right = sound.unbind(1)
    return torch.cat([left + right, left - right]) / 2


@dataclass(frozen=True, eq=False)
class Trainee:
    """The head, the VAE that it serves, and what it learns by; critics only if they are to be heeded."""

    vae: SpectralVAE
    head: PhaseHead
    mel: MelError
    optimizer: torch.optim.Optimizer
    critics: Discriminators | None
    critic_optimizer: torch.optim.Optimizer | None


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
    if critics:
        parts |= {"critics": trainee.critics, "critic_optimizer": trainee.critic_optimizer}
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
    critics = Discriminators().to(device) if against else None
    return Trainee(
        vae,
        head,
        MelError(vae.config.sample_rate).to(device),
        torch.optim.AdamW(head.parameters(), lr=PEAK_LR, betas=(0.9, 0.99), weight_decay=1e-3),
        critics,
        torch.optim.AdamW(critics.parameters(), lr=CRITIC_LR, betas=(0.5, 0.9)) if critics else None,
    )


def next_batch(vae: SpectralVAE, crops: list[AudioCrops]) -> tuple[Tensor, Voiced]:
    """BATCH crops (BATCH, 2, N), of each folder as many, and what the vocoder makes of them."""
    source = torch.cat([folder.batch(max(1, BATCH // len(crops))) for folder in crops]).to(vae.level_mean.device)
    return source, voice(vae, source)


def learn(trainee: Trainee, source: Tensor, voiced: Voiced) -> dict[str, Tensor]:
    """One step on sound (B, 2, N) -> the losses before it."""
    decoded = overlap_added(trainee.vae, trainee.head(voiced).spectra())
    source = source[..., : decoded.shape[-1]]
    losses = {"mel": trainee.mel(decoded, source)}
    if trainee.critics is None:
        descend(losses["mel"], trainee.optimizer, trainee.head)
    else:
        fake, real = (middle_and_side(sound)[:, None] for sound in (decoded, source))
        critic = critic_loss(trainee.critics(real), trainee.critics(fake.detach()))
        descend(critic, trainee.critic_optimizer, trainee.critics)
        with torch.no_grad():
            true = trainee.critics(real)
        false = trainee.critics(fake)
        losses |= {"adversarial": adversarial_loss(false), "feature": feature_loss(true, false)}
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
