"""The spectral VAE: stereo audio <-> 25 latent frames a second, causal and streaming at both ends.

Encoder and decoder are a fixed linear map (PCA of five hops of band levels) plus a network that learns what PCA leaves
over. Starting from PCA instead of nothing is worth hours of training on a CPU. Phase is not coded: the decoder lets a
phase vocoder carry on from the phase it is given (`phase.py`), which at a cut is the prompt's own. It looks one hop
ahead, to place attacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from engine.config import VAEConfig
from engine.model.layers import ConvStack
from engine.model.phase import PhaseState, resting, speak
from engine.model.spectrum import Outline, Spectrum

Pasts = list[Tensor]


@dataclass
class EncoderState:
    """``audio`` (B, 2, overlap) already heard, and the pasts of both convolution stacks."""

    audio: Tensor
    hops: Pasts
    frames: Pasts


@dataclass
class DecoderState:
    """The pasts of both stacks, the vocoder's state, ``magnitudes`` (B, 2, 1, bins) and ``lean`` (B, 1, bins) of the
    last hop, whose phase only the next hop will tell, and ``tail`` (B, 2, overlap), which later hops complete."""

    frames: Pasts
    hops: Pasts
    phases: PhaseState
    magnitudes: Tensor
    lean: Tensor
    tail: Tensor

    def rows(self, wanted: Sequence[int]) -> DecoderState:
        """That of the rows ``wanted`` of the batch, in this order."""
        frames, hops = ([past[wanted] for past in pasts] for pasts in (self.frames, self.hops))
        phases = self.phases.rows(wanted)
        return DecoderState(frames, hops, phases, self.magnitudes[wanted], self.lean[wanted], self.tail[wanted])


class SpectralVAE(nn.Module):
    """Audio (B, 2, N) at ``config.sample_rate`` <-> latents (B, T, latent_dim), N = T * frame_size."""

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        self.spectrum = Spectrum(config)
        features, dim, hops = self.spectrum.features, config.latent_dim, config.hops_per_frame
        self.register_buffer("level_mean", torch.full((features,), config.floor / 2))
        self.register_buffer("level_scale", torch.full((features,), 20.0))
        self.register_buffer("gain", torch.zeros(self.spectrum.bands))  # dB: see `engine.train.balance_vae`
        self.register_buffer("analysis", torch.randn(hops * features, dim) / (hops * features) ** 0.5)
        self.register_buffer("synthesis", torch.randn(dim, hops * features) / dim**0.5)
        self.encoder = nn.ModuleDict(
            {
                "hop_in": nn.Linear(features, config.hop_width),
                "hops": ConvStack(config.hop_width, config.hop_layers, config.kernel),
                "frame_in": nn.Linear(hops * config.hop_width, config.frame_width),
                "frames": ConvStack(config.frame_width, config.encoder_layers, config.kernel),
                "out": nn.Linear(config.frame_width, 2 * dim),
            }
        )
        self.decoder = nn.ModuleDict(
            {
                "frame_in": nn.Linear(dim, config.frame_width),
                "frames": ConvStack(config.frame_width, config.decoder_layers, config.kernel),
                "hop_in": nn.Linear(config.frame_width, hops * config.hop_width),
                "hops": ConvStack(config.hop_width, config.hop_layers, config.kernel),
                "out": nn.Linear(config.hop_width, features),
            }
        )
        for out in (self.encoder["out"], self.decoder["out"]):  # at first the networks add nothing to the linear map
            nn.init.zeros_(out.weight)
            nn.init.zeros_(out.bias)
        nn.init.constant_(self.encoder["out"].bias[dim:], -6.0)

    @property
    def delay(self) -> int:
        """Samples by which decoded audio lags behind the latents it was decoded from: every window over a sample must
        be there, and the hop after the last of them."""
        return self.spectrum.overlap + self.config.hop

    def broad(self) -> Tensor:
        """(dim, n) how many dB each latent dimension, by the linear map, moves what is broad in a sound: the mean
        levels of octaves, where they lie between left and right, and how wide. Which notes sound is not in it."""
        hops = self.synthesis.view(len(self.synthesis), self.config.hops_per_frame, -1)
        return hops.mean(1) * self.level_scale @ self.spectrum.broad

    @property
    def octaves(self) -> int:
        """How many of what is `broad` are levels of octaves; they are the first."""
        return self.spectrum.octaves

    def initial_encoder_state(self, batch: int = 1) -> EncoderState:
        """Silence before the first sample."""
        like = self.level_mean
        audio = like.new_zeros(batch, 2, self.spectrum.overlap)
        return EncoderState(
            audio, self.encoder["hops"].initial(batch, like), self.encoder["frames"].initial(batch, like)
        )

    def initial_decoder_state(self, batch: int = 1) -> DecoderState:
        """Nothing before the first frame, every phase 0."""
        like = self.level_mean
        bins = self.config.fft_size // 2 + 1
        phases = resting(np.zeros((batch, bins)), np.full((2, batch, bins), self.config.floor))
        frames, hops = (self.decoder[name].initial(batch, like) for name in ("frames", "hops"))
        silent, tail = like.new_zeros(batch, 2, 1, bins), like.new_zeros(batch, 2, self.spectrum.overlap)
        return DecoderState(frames, hops, phases, silent, silent[:, 0], tail)

    def encode(self, audio: Tensor, state: EncoderState) -> tuple[Tensor, EncoderState]:
        """Audio (B, 2, T * frame_size) -> latent means (B, T, dim), and the state that hears on."""
        heard = torch.cat([state.audio, audio], dim=-1)
        levels = self.spectrum.levels(self.spectrum.transform(heard))
        mean, _, hops, frames = self.encode_levels(levels, state.hops, state.frames)
        return mean, EncoderState(heard[..., heard.shape[-1] - self.spectrum.overlap :], hops, frames)

    def encode_levels(self, levels: Tensor, hops: Pasts, frames: Pasts) -> tuple[Tensor, Tensor, Pasts, Pasts]:
        """Levels (B, T * hops_per_frame, features) -> latent mean and log variance (B, T, dim) each, new pasts."""
        x = (levels - self.level_mean) / self.level_scale
        linear = self._by_frame(x) @ self.analysis
        y, hops = self.encoder["hops"](self.encoder["hop_in"](x), hops)
        y, frames = self.encoder["frames"](self.encoder["frame_in"](self._by_frame(y)), frames)
        residual, log_variance = self.encoder["out"](y).chunk(2, dim=-1)
        return linear + residual, log_variance.clamp(-12, 2), hops, frames

    def decode_levels(self, latents: Tensor, frames: Pasts, hops: Pasts) -> tuple[Tensor, Pasts, Pasts]:
        """Latents (B, T, dim) -> levels (B, T * hops_per_frame, features) in dB, new pasts."""
        linear = self._by_hop(latents @ self.synthesis)
        y, frames = self.decoder["frames"](self.decoder["frame_in"](latents), frames)
        y, hops = self.decoder["hops"](self._by_hop(self.decoder["hop_in"](y)), hops)
        return (linear + self.decoder["out"](y)) * self.level_scale + self.level_mean, frames, hops

    def decode(self, latents: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Latents (B, T, dim) -> audio (B, 2, T * frame_size), `delay` samples late, and the state that speaks on."""
        levels, frames, hops = self.decode_levels(latents, state.frames, state.hops)
        return self.speak(self.spectrum.outline(levels, self.gain), frames, hops, state)

    def speak(self, outline: Outline, frames: Pasts, hops: Pasts, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """An outline -> audio (B, 2, hops * hop), one hop late, and the state after ``state``, in which the networks
        have the pasts ``frames`` and ``hops``. Its curves and pitches may be in main memory already."""
        phase, phases = self.phases(outline.curves, outline.pitches, state.phases)
        magnitudes = torch.cat([state.magnitudes, outline.magnitudes], dim=2)
        lean = torch.cat([state.lean, outline.lean], dim=1)
        phase, leans = phase.to(lean), lean[:, :-1]
        angles, lengths = torch.stack([phase - leans, phase + leans], dim=1), magnitudes[:, :, :-1]
        spectra = torch.complex(lengths * angles.cos(), lengths * angles.sin())  # in 0.7 of the time of torch.polar
        audio, tail = self.spectrum.inverse(spectra, state.tail)
        return audio, DecoderState(frames, hops, phases, magnitudes[:, :, -1:].clone(), lean[:, -1:].clone(), tail)

    def phases(self, curves: Tensor, pitches: Tensor, state: PhaseState) -> tuple[Tensor, PhaseState]:
        """Curves (B, hops, bins) and pitches (B, hops, count) -> phases (B, hops, bins), each of the hop before, of the
        middle between L and R: what is panned stays in phase. No gradient goes through them."""
        levels, grids = (part.detach().transpose(0, 1).float().cpu().numpy() for part in (curves, pitches))
        tell = partial(self.spectrum.pitches.strongest, grids.reshape(-1, self.spectrum.pitches.count))
        phases, after = speak(levels, tell, state, self.config.hop)
        return torch.from_numpy(phases).transpose(0, 1), after

    def prime(self, latents: Tensor, audio: Tensor) -> DecoderState:
        """The state that has just spoken ``audio`` (B, 2, >= fft_size), whose latents (B, T, dim) are given: the
        networks remember the latents and the vocoder goes on from the phase that the audio itself ends with."""
        state = self.initial_decoder_state(len(latents))
        levels, frames, hops = self.decode_levels(latents, state.frames, state.hops)
        curves = self.spectrum.outline(levels[:, -2:], self.gain).curves.transpose(0, 1)
        last = self.spectrum.transform(audio[..., -self.config.fft_size :].sum(1))[:, -1]
        phases = resting(*(part.cpu().numpy() for part in (last.angle(), curves)))
        return replace(state, frames=frames, hops=hops, phases=phases)

    def _by_frame(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], -1, self.config.hops_per_frame * x.shape[-1])

    def _by_hop(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], -1, x.shape[-1] // self.config.hops_per_frame)
