"""What a spectral VAE makes of sound, step by step and with a gradient: levels, latents, levels again, the vocoder's
spectra, sound."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.model.vae import SpectralVAE


class Voiced(NamedTuple):
    """Levels on their way to sound: ``curves`` (B, hops + 1, bins) in dB, ``magnitudes`` (B, 2, hops, bins), ``lean``
    and the vocoder's ``phases`` (B, hops, bins), as in `engine.model.spectrum.Outline`."""

    curves: Tensor
    magnitudes: Tensor
    lean: Tensor
    phases: Tensor

    def spectra(self) -> Tensor:
        """(B, 2, hops, bins) complex."""
        return torch.polar(self.magnitudes, torch.stack([self.phases - self.lean, self.phases + self.lean], dim=1))


class Heard(NamedTuple):
    """The ``levels`` (B, hops, features) of a sound and its ``latents`` (B, frames, dim)."""

    levels: Tensor
    latents: Tensor


@torch.no_grad()
def hear(vae: SpectralVAE, audio: Tensor) -> Heard:
    """Sound (B, 2, N) of whole frames, silence before it."""
    padded = F.pad(audio.to(vae.level_mean), (vae.spectrum.overlap, 0))
    levels, start = vae.spectrum.levels(vae.spectrum.transform(padded)), vae.initial_encoder_state(len(audio))
    latents, *_ = vae.encode_levels(levels, start.hops, start.frames)
    return Heard(levels, latents)


def draw(vae: SpectralVAE, latents: Tensor) -> Tensor:
    """Latents (B, frames, dim), nothing before them -> levels (B, hops, features)."""
    start = vae.initial_decoder_state(len(latents))
    levels, *_ = vae.decode_levels(latents, start.frames, start.hops)
    return levels


def voice(vae: SpectralVAE, levels: Tensor) -> Voiced:
    """Levels (B, hops + 1, features), nothing before them, as the vocoder has them: all hops but the last, whose phases
    wait for another."""
    outline, resting = vae.spectrum.outline(levels, vae.gain), vae.initial_decoder_state(len(levels)).phases
    phases, _ = vae.phases(outline.curves, outline.pitches, resting)  # the first is of a hop before the sound
    return Voiced(outline.curves, outline.magnitudes[:, :, :-1], outline.lean[:, :-1], phases[:, 1:].to(outline.lean))


def overlap_added(vae: SpectralVAE, spectra: Tensor) -> Tensor:
    """Spectra (B, 2, hops, bins) -> the sound (B, 2, n) that they complete, from the first sample of the sound on that
    `voice` was given: `Spectrum.inverse` for all hops at once, with a gradient that costs no more than it does."""
    size, hop = vae.config.fft_size, vae.config.hop
    frames = torch.fft.fftshift(torch.fft.irfft(spectra, n=size), dim=-1) * vae.spectrum.synthesis_window
    batch, channels, hops, _ = frames.shape
    total = (hops - 1) * hop + size
    columns = frames.flatten(0, 1).transpose(1, 2)
    added = F.fold(columns, (1, total), (1, size), stride=(1, hop)).view(batch, channels, total)
    return added[..., vae.spectrum.overlap : hops * hop]
