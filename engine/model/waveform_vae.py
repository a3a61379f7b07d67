"""The VAE of the paper: waveform <-> latents, by causal convolutions with a causal Transformer at the latents' end
(CALM, arXiv 2509.06926: 32 kHz mono, strides 8 8 5 4, 4 + 4 layers that look back 30 s, 128 dimensions at 25 Hz).

It gives the sound its own phase, and costs far more than the spectral VAE. Not stated in the paper and chosen here:
channels, kernels, widths and activations, which are those that SEANet has in EnCodec (arXiv 2210.13438, section 3.1)
and the Transformers those of Mimi. The interface is that of `vae.SpectralVAE`: stereo is heard as its middle, and what
is spoken is the same left and right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config import WaveformConfig
from engine.model.transformer import CausalTransformer, TransformerState

Pasts = list[Tensor]
ENDS_KERNEL = 7  # of the convolutions at both ends


@dataclass
class EncoderState:
    """What the convolutions still need of the past, and the Transformer's caches."""

    pasts: Pasts
    context: TransformerState


@dataclass
class DecoderState:
    """The same, of the decoder."""

    context: TransformerState
    pasts: Pasts

    def rows(self, wanted: Sequence[int]) -> DecoderState:
        """That of the rows ``wanted`` of the batch, in this order."""
        return DecoderState(self.context.rows(wanted), [past[wanted] for past in self.pasts])


class CausalConv(nn.Module):
    """ELU, unless it is the first, then a convolution whose window ends with the newest of its ``stride`` inputs."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, first: bool = False):
        super().__init__()
        self.first, self.channels, self.memory = first, channels, kernel - stride
        self.convolution = nn.Conv1d(channels, out, kernel, stride)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, channels, T), T a multiple of the stride, and the ``memory`` inputs before it -> (B, out, T / stride),
        new past."""
        seen = torch.cat([past, x], dim=-1)
        y = self.convolution(seen if self.first else F.elu(seen))
        return y, seen[..., seen.shape[-1] - self.memory :]


class CausalUpsample(nn.Module):
    """ELU, then a transposed convolution with a kernel of two strides: an output depends on its input and the last."""

    memory = 1

    def __init__(self, channels: int, out: int, stride: int):
        super().__init__()
        self.channels, self.stride = channels, stride
        self.convolution = nn.ConvTranspose1d(channels, out, 2 * stride, stride)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """x (B, channels, T) and the input before it (B, channels, 1) -> (B, out, T * stride), new past."""
        y = self.convolution(F.elu(torch.cat([past, x], dim=-1)))
        return y[..., self.stride : -self.stride], x[..., -1:]


class Residual(nn.Module):
    """x plus two convolutions of it, through half the channels; the first sees three inputs."""

    def __init__(self, channels: int):
        super().__init__()
        self.inner = CausalConv(channels, channels // 2, 3)
        self.outer = CausalConv(channels // 2, channels, 1)
        self.channels, self.memory = channels, self.inner.memory

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        y, past = self.inner(x, past)
        y, _ = self.outer(y, y[..., :0])
        return x + y, past


class Chain(nn.Module):
    """Blocks one after another, with one past each."""

    def __init__(self, blocks: list[nn.Module]):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def initial(self, batch: int, like: Tensor) -> Pasts:
        """The pasts before anything came: zeros."""
        return [like.new_zeros(batch, block.channels, block.memory) for block in self.blocks]

    def forward(self, x: Tensor, pasts: Pasts) -> tuple[Tensor, Pasts]:
        after = []
        for block, past in zip(self.blocks, pasts, strict=True):
            x, past = block(x, past)
            after.append(past)
        return x, after


class WaveformVAE(nn.Module):
    """Audio (B, 2, N) at ``config.sample_rate`` <-> latents (B, T, latent_dim), N = T * frame_size."""

    delay = 0  # samples by which decoded audio lags behind the latents it was decoded from

    def __init__(self, config: WaveformConfig):
        super().__init__()
        self.config = config
        shape = config.transformer
        windows = [shape.window] * shape.layers
        self.encoder = Chain(_encoder_blocks(config))
        self.encoder_context = CausalTransformer(shape.width, shape.heads, windows)
        self.to_latents = nn.Linear(shape.width, 2 * config.latent_dim)
        self.from_latents = nn.Linear(config.latent_dim, shape.width)
        self.decoder_context = CausalTransformer(shape.width, shape.heads, windows)
        self.decoder = Chain(_decoder_blocks(config))
        nn.init.constant_(self.to_latents.bias[config.latent_dim :], -4.0)  # at first the noise drowns nothing

    def broad(self) -> Tensor:
        """(dim, dim) every direction: of none is it known what it moves."""
        return torch.eye(self.config.latent_dim, device=self.to_latents.weight.device)

    octaves = 0

    def initial_encoder_state(self, batch: int = 1) -> EncoderState:
        """Silence before the first sample."""
        pasts = self.encoder.initial(batch, self.to_latents.weight)
        return EncoderState(pasts, self.encoder_context.initial_state(batch))

    def initial_decoder_state(self, batch: int = 1) -> DecoderState:
        """Nothing before the first frame."""
        pasts = self.decoder.initial(batch, self.to_latents.weight)
        return DecoderState(self.decoder_context.initial_state(batch), pasts)

    def encode(self, audio: Tensor, state: EncoderState) -> tuple[Tensor, EncoderState]:
        """Audio (B, 2, T * frame_size) -> latent means (B, T, dim), and the state that hears on."""
        context = state.context.copy()
        mean, _, pasts = self.posterior(audio.mean(1, keepdim=True), state.pasts, context)
        return mean, EncoderState(pasts, context)

    def decode(self, latents: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Latents (B, T, dim) -> audio (B, 2, T * frame_size), both channels the same, and the state that speaks on."""
        context = state.context.copy()
        mono, pasts = self.speak(latents, context, state.pasts)
        return mono.expand(-1, 2, -1), DecoderState(context, pasts)

    def prime(self, latents: Tensor, audio: Tensor) -> DecoderState:
        """The state that has just spoken latents (B, T, dim). Phase is in the latents, so the ``audio`` itself is not
        asked."""
        _, state = self.decode(latents, self.initial_decoder_state(len(latents)))
        return state

    def posterior(self, mono: Tensor, pasts: Pasts, context: TransformerState | None) -> tuple[Tensor, Tensor, Pasts]:
        """Waveform (B, 1, T * frame_size) -> latent mean and log variance (B, T, dim) each, new pasts. ``context``
        moves on in place; without one the waveform is a whole."""
        frames, pasts = self.encoder(mono, pasts)
        y = self.encoder_context(frames.transpose(1, 2).to(mono.dtype), context)  # full precision under autocast too
        mean, log_variance = self.to_latents(y).chunk(2, dim=-1)
        return mean, log_variance.clamp(-12, 2), pasts

    def speak(self, latents: Tensor, context: TransformerState | None, pasts: Pasts) -> tuple[Tensor, Pasts]:
        """Latents (B, T, dim) -> waveform (B, 1, T * frame_size), new pasts; ``context`` as in `posterior`."""
        y = self.decoder_context(self.from_latents(latents).to(latents.dtype), context)
        return self.decoder(y.transpose(1, 2), pasts)


def _encoder_blocks(config: WaveformConfig) -> list[nn.Module]:
    channels = config.channels
    blocks: list[nn.Module] = [CausalConv(1, channels, ENDS_KERNEL, first=True)]
    for ratio in reversed(config.ratios):
        blocks += [Residual(channels), CausalConv(channels, 2 * channels, 2 * ratio, ratio)]
        channels *= 2
    return [*blocks, CausalConv(channels, config.transformer.width, ENDS_KERNEL)]


def _decoder_blocks(config: WaveformConfig) -> list[nn.Module]:
    channels = config.channels * 2 ** len(config.ratios)
    blocks: list[nn.Module] = [CausalConv(config.transformer.width, channels, ENDS_KERNEL, first=True)]
    for ratio in config.ratios:
        blocks += [CausalUpsample(channels, channels // 2, ratio), Residual(channels // 2)]
        channels //= 2
    return [*blocks, CausalConv(channels, 1, ENDS_KERNEL)]
