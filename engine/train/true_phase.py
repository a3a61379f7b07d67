"""How good a spectral VAE could sound if only its phases were right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from engine.model.spectrum import Outline
from engine.model.vae import SpectralVAE


class Drawn(NamedTuple):
    """A sound of ``count`` samples as the VAE's levels have it, ``outline``, of one item and (hops,) hops, and its own
    complex ``spectra`` (1, 2, hops, bins)."""

    outline: Outline
    spectra: Tensor
    count: int


@torch.inference_mode()
def draw(vae: SpectralVAE, samples: np.ndarray) -> Drawn:
    """Float32 (2, N) at the VAE's rate, through its latents to an outline."""
    count, size, overlap = samples.shape[1], vae.config.frame_size, vae.spectrum.overlap
    after = -(count + overlap) % size + overlap  # silence that pushes the last sample out of the decoder
    heard = torch.from_numpy(np.pad(samples, ((0, 0), (overlap, after)))[None]).to(vae.level_mean)
    spectra = vae.spectrum.transform(heard)
    start, end = vae.initial_encoder_state(), vae.initial_decoder_state()
    latents, *_ = vae.encode_levels(vae.spectrum.levels(spectra), start.hops, start.frames)
    levels, *_ = vae.decode_levels(latents, end.frames, end.hops)
    return Drawn(vae.spectrum.outline(levels, vae.gain), spectra, count)


@torch.inference_mode()
def sound(vae: SpectralVAE, drawn: Drawn, phases: Tensor) -> np.ndarray:
    """The samples, float32 (2, N), of what is drawn with these ``phases`` (1, 2, hops, bins)."""
    overlap = vae.spectrum.overlap  # is all the delay there is: no hop waits for the next one
    spectra = torch.polar(drawn.outline.magnitudes, phases.to(drawn.outline.magnitudes))
    audio, _ = vae.spectrum.inverse(spectra, vae.initial_decoder_state().tail)
    return audio[0, :, overlap : overlap + drawn.count].cpu().numpy()


def with_true_phase(vae: SpectralVAE, samples: np.ndarray) -> np.ndarray:
    """The VAE's round trip of float32 (2, N) at its rate, with the source's own phases in place of the vocoder's."""
    drawn = draw(vae, samples)
    return sound(vae, drawn, drawn.spectra.angle())
