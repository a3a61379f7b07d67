"""How good a spectral VAE could sound if only its phases were right."""

from __future__ import annotations

import numpy as np
import torch

from engine.model.vae import SpectralVAE


@torch.inference_mode()
def with_true_phase(vae: SpectralVAE, samples: np.ndarray) -> np.ndarray:
    """The VAE's round trip of float32 (2, N) at its rate, with the source's own phases in place of the vocoder's."""
    count, size = samples.shape[1], vae.config.frame_size
    overlap = vae.spectrum.overlap  # is all the delay there is: no hop waits for the next one
    after = -(count + overlap) % size + overlap  # silence that pushes the last sample out of the decoder
    heard = torch.from_numpy(np.pad(samples, ((0, 0), (overlap, after)))[None]).to(vae.level_mean)
    spectra = vae.spectrum.transform(heard)
    start, end = vae.initial_encoder_state(), vae.initial_decoder_state()
    latents, *_ = vae.encode_levels(vae.spectrum.levels(spectra), start.hops, start.frames)
    levels, *_ = vae.decode_levels(latents, end.frames, end.hops)
    magnitudes = vae.spectrum.outline(levels, vae.gain).magnitudes
    audio, _ = vae.spectrum.inverse(torch.polar(magnitudes, spectra.angle()), end.tail)
    return audio[0, :, overlap : overlap + count].cpu().numpy()
