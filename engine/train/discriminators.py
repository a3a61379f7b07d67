"""Critics of sound: multi-scale STFT discriminators and their losses, after EnCodec (arXiv 2210.13438, section 3.4)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

SCALES = (2048, 1024, 512, 256, 128)  # windows in samples; hops are a quarter
DILATIONS = (1, 2, 4)  # over time, of the layers that halve the frequencies


class StftDiscriminator(nn.Module):
    """Judges mono sound by one complex spectrogram, whose real and imaginary parts are an image of two channels."""

    def __init__(self, window: int, channels: int):
        super().__init__()
        self.window = window
        self.register_buffer("taper", torch.hann_window(window) / window**0.5, persistent=False)
        layers = [_convolution(2, channels, (3, 9))]
        layers += [_convolution(channels, channels, (3, 9), stride=(1, 2), dilation=(d, 1)) for d in DILATIONS]
        self.layers = nn.ModuleList([*layers, _convolution(channels, channels, (3, 3))])
        self.verdict = _convolution(channels, 1, (3, 3))

    def forward(self, mono: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Sound (B, 1, N) -> verdicts (B, 1, frames, bands), high for real sound, and the layers' outputs."""
        spectrum = torch.stft(mono[:, 0].float(), self.window, self.window // 4, window=self.taper, return_complex=True)
        x, features = torch.view_as_real(spectrum).permute(0, 3, 2, 1), []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.verdict(x), features


class Discriminators(nn.Module):
    """One discriminator a scale."""

    def __init__(self, channels: int = 32, scales: tuple[int, ...] = SCALES):
        super().__init__()
        self.scales = nn.ModuleList(StftDiscriminator(window, channels) for window in scales)

    def forward(self, mono: Tensor) -> list[tuple[Tensor, list[Tensor]]]:
        return [scale(mono) for scale in self.scales]


def critic_loss(real: list[tuple[Tensor, list[Tensor]]], fake: list[tuple[Tensor, list[Tensor]]]) -> Tensor:
    """Hinge loss of the discriminators, mean over scales: real sound above 1, decoded sound below -1."""
    losses = [F.relu(1 - r).mean() + F.relu(1 + f).mean() for (r, _), (f, _) in zip(real, fake, strict=True)]
    return torch.stack(losses).mean()


def adversarial_loss(fake: list[tuple[Tensor, list[Tensor]]]) -> Tensor:
    """What the decoder makes of the verdicts on its sound: the hinge again."""
    return torch.stack([F.relu(1 - verdict).mean() for verdict, _ in fake]).mean()


def feature_loss(real: list[tuple[Tensor, list[Tensor]]], fake: list[tuple[Tensor, list[Tensor]]]) -> Tensor:
    """L1 between the layers' outputs for real and decoded sound, each by the mean size of the real one's."""
    losses = [
        (r.detach() - f).abs().mean() / r.detach().abs().mean().clamp(min=1e-6)
        for (_, reals), (_, fakes) in zip(real, fake, strict=True)
        for r, f in zip(reals, fakes, strict=True)
    ]
    return torch.stack(losses).mean()


def _convolution(channels: int, out: int, kernel: tuple, stride: tuple = (1, 1), dilation: tuple = (1, 1)) -> nn.Module:
    padding = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
    return weight_norm(nn.Conv2d(channels, out, kernel, stride, padding, dilation))
