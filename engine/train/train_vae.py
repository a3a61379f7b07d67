"""Stage 2, the ear: fit the PCA, then train the VAE's networks on what it leaves over.

python -m engine.train.train_vae DATA OUT --minutes 40 [--semantics 0.3] [--decoder-of assets/models/studio]

With ``--decoder-of`` only the decoder learns, from where it is: latents, and the CALM that knows them, stay.
With ``--semantics`` the sounding notes must be read from the latents, too (`engine.train.semantics`): what reads them
is dropped after training, what it taught the encoder stays.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.config import PRESETS, VAEConfig
from engine.model.vae import SpectralVAE
from engine.train.audio_crops import AudioCrops
from engine.train.precision import mixed
from engine.train.run import Ema, Run, load_vae, set_rate
from engine.train.semantics import Piano, crop_targets
from engine.train.together import place

CROP_FRAMES = 64
BATCH = 16
PCA_CROPS = 600
# How much a decibel of level difference counts against a decibel of level. Measured with PCA alone, of pans and levels
# only, on 10 unseen songs: 1, 2, 3, 4 and 6 give a mel error (window 2048) of 8.4, 7.5, 6.5, 6.3 and 6.2 dB in the side
# and 2.32, 2.36, 2.44, 2.52 and 2.67 in the mid.
PAN_WEIGHT = 3.0
# Widths and pitches likewise, by 64 dimensions of PCA on 6 unseen songs: 1.5 and 0.5, 3 and 1, and 3 and 0.5 give a mel
# error of 3.00, 3.39 and 3.18 dB, and keep 0.93, 0.90 and 0.91 of the chroma.
WIDTH_WEIGHT, PITCH_WEIGHT = 1.5, 0.5
KL_WEIGHT = 5e-4
PEAK_LR = 4e-4  # 1.2e-3 was measured to destroy the PCA start
SPECTRAL = [name for name, preset in PRESETS.items() if isinstance(preset.vae, VAEConfig)]


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of WAV files from engine.train.render")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--preset", choices=SPECTRAL, default="studio")
    parser.add_argument("--decoder-of", type=Path, help="folder: go on with its decoder alone; what is coded stays")
    parser.add_argument("--semantics", type=float, default=0.0, help="weight of the notes in the loss; default: none")
    train(**vars(parser.parse_args(argv)))


def train(
    data: Path, out: Path, minutes: float, preset: str, semantics: float, decoder_of: Path | None = None
) -> SpectralVAE:
    """The trained VAE, its averaged weights in place; everything is in ``out`` to be resumed."""
    config = PRESETS[preset].vae
    vae = load_vae(decoder_of, preset) if decoder_of else SpectralVAE(config)
    vae.decoder.requires_grad_(True)
    learners = nn.ModuleDict({"vae": vae} | ({"piano": Piano(config.latent_dim)} if semantics else {}))
    learners.to(place()).train()
    ema = Ema(vae)
    optimizer = torch.optim.AdamW(learners.parameters(), lr=PEAK_LR, betas=(0.9, 0.99), weight_decay=0.01)
    run = Run(out, minutes, {**learners, "ema": ema, "optimizer": optimizer})
    crops = AudioCrops(data, CROP_FRAMES * config.frame_size, seed=run.step)
    if run.step == 0 and not decoder_of:
        fit_pca(vae, crops)
    with ThreadPoolExecutor(1) as listener:  # the next batch is heard while this one is learned: 0.9 s a step, not 2.2
        upcoming = listener.submit(next_batch, learners, crops)
        for step in run.steps():
            set_rate(optimizer, run.cosine(PEAK_LR))
            batch, upcoming = upcoming.result(), listener.submit(next_batch, learners, crops)
            losses = learn(learners, batch, optimizer, KL_WEIGHT * min(1.0, step / 500), semantics)
            ema.update()
            if step % 10 == 0:
                run.log(**losses, lr=optimizer.param_groups[0]["lr"])
            if step % 200 == 0:
                crops.refresh()
    ema.copy_to(vae)
    return vae.eval()


def learn(
    learners: nn.ModuleDict, batch: Batch, optimizer: torch.optim.Optimizer, kl_weight: float, semantics: float
) -> dict[str, Tensor]:
    """One step -> the losses before it."""
    with mixed(batch.levels.device.type):
        losses, latents = vae_losses(learners["vae"], batch.levels)
        if batch.notes is not None:
            losses["notes"] = learners["piano"].loss(latents, batch.notes)
    total = losses["level"] + 0.5 * losses["change"] + kl_weight * losses["kl"]
    optimizer.zero_grad()
    (total + semantics * losses.get("notes", 0.0)).backward()
    nn.utils.clip_grad_norm_(learners["vae"].parameters(), 1.0)
    optimizer.step()
    return {name: value.detach() for name, value in losses.items()}


class Batch(NamedTuple):
    """Levels (B, hops, features), and the notes (B, frames, TARGETS) that sound in them, if they are to be read."""

    levels: Tensor
    notes: Tensor | None


def next_batch(learners: nn.ModuleDict, crops: AudioCrops) -> Batch:
    audio, places = crops.placed_batch(BATCH)
    notes = crop_targets(places, CROP_FRAMES, learners["vae"].config) if "piano" in learners else None
    levels = batch_levels(learners["vae"], audio)
    return Batch(levels, None if notes is None else notes.to(levels.device))


@torch.no_grad()
def batch_levels(vae: SpectralVAE, audio: Tensor) -> Tensor:
    """Audio (B, 2, N) -> levels (B, hops, features) where the VAE is, silence before it."""
    padded = nn.functional.pad(audio.to(vae.level_mean.device), (vae.spectrum.overlap, 0))
    return vae.spectrum.levels(vae.spectrum.transform(padded))


def vae_losses(vae: SpectralVAE, levels: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """L1 of the levels and of their change from hop to hop, in units of 20 dB, and the mean KL to a unit Gaussian; and
    the latents drawn (B, frames, dim)."""
    batch = len(levels)
    start, end = vae.initial_encoder_state(batch), vae.initial_decoder_state(batch)
    mean, log_variance, _, _ = vae.encode_levels(levels, start.hops, start.frames)
    latents = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
    decoded, _, _ = vae.decode_levels(latents, end.frames, end.hops)
    error = (decoded.float() - levels) / vae.level_scale
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).float().mean()
    losses = {
        "level": error.abs().mean(),
        "change": error.diff(dim=1).abs().mean(),
        "kl": kl,
        "sigma": (0.5 * log_variance).exp().mean(),
    }
    return losses, latents


@torch.no_grad()
def fit_pca(vae: SpectralVAE, crops: AudioCrops) -> None:
    """Set the VAE's fixed linear map: level means, weights by ear, and the whitened principal components of whole
    frames."""
    vae.level_scale.copy_(20 / hearing_weights(vae))
    levels = torch.cat([batch_levels(vae, crops.batch(BATCH)).flatten(0, 1) for _ in range(PCA_CROPS // BATCH)])
    vae.level_mean.copy_(levels.mean(0))
    frames = ((levels - vae.level_mean) / vae.level_scale).view(-1, vae.analysis.shape[0])
    variance, basis = torch.linalg.eigh(frames.T @ frames / len(frames))
    top = variance.argsort(descending=True)[: vae.config.latent_dim]
    deviation = variance[top].sqrt()
    vae.analysis.copy_(basis[:, top] / deviation)
    vae.synthesis.copy_((basis[:, top] * deviation).T)
    print(f"PCA keeps {100 * variance[top].sum() / variance.sum():.1f} % of the variance of {len(frames)} frames")


def hearing_weights(vae: SpectralVAE) -> Tensor:
    """(features,) more weight to the few bands of the bass, which carry as much music as the many above, and to the
    image, less to the grid of pitches."""
    bin_width = vae.config.sample_rate / vae.config.fft_size
    analysis = vae.spectrum.analysis.cpu()
    centres = (analysis @ torch.arange(analysis.shape[1], dtype=torch.float32)) * bin_width
    _, pans, widths, pitches = vae.spectrum.parts
    others = ((pans, PAN_WEIGHT), (widths, WIDTH_WEIGHT), (pitches, PITCH_WEIGHT))
    return torch.cat([1 + 1.5 * torch.exp(-centres / 300), *(torch.full((count,), by) for count, by in others)])


if __name__ == "__main__":
    main()
