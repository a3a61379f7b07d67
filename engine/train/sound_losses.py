"""How far decoded stereo is from its source, as losses to train by: what `engine.train.judge_sound` measures, with a
gradient. All take two sounds (B, 2, N), decoded first."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from engine.loudness import k_weighting
from engine.train.judge_sound import FLOOR, FLOOR_WINDOW, MEL_BANDS
from engine.train.mel import mel_matrix

# Of dB, and of the mean amplitude: decibels alone would have noise quieter.
DECIBEL_WEIGHT, AMPLITUDE_WEIGHT = 1 / 3, 2.0
WINDOW = 2048
QUIET = 1e-7  # mean power, -70 dB


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


class LoudnessError(nn.Module):
    """Mean absolute difference of the loudness of crops, in LU: of the K-weighted power of both channels (BS.1770-5),
    without its gates."""

    def __init__(self, rate: int):
        super().__init__()
        response = np.abs(k_weighting(np.fft.rfftfreq(WINDOW, 1 / rate))) ** 2
        self.register_buffer("response", torch.from_numpy(response).float())
        self.register_buffer("taper", torch.hann_window(WINDOW) / (3 / 8 * WINDOW) ** 0.5)

    def forward(self, decoded: Tensor, source: Tensor) -> Tensor:
        return (self._loudness(decoded) - self._loudness(source)).abs().mean()

    def _loudness(self, sound: Tensor) -> Tensor:
        """(B,) in dB"""
        spectrum = torch.stft(
            sound.flatten(0, 1), WINDOW, WINDOW // 2, window=self.taper, center=False, return_complex=True
        )
        power = torch.view_as_real(spectrum).square().sum(-1).mean(-1) @ self.response * (2 / WINDOW)
        return 10 * (power.view(len(sound), 2).sum(1) + QUIET).log10()


def stereo_error(decoded: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference of the correlations of left and right."""
    return (_correlation(decoded) - _correlation(source)).abs().mean()


def _correlation(sound: Tensor) -> Tensor:
    """(B,)"""
    left, right = sound.unbind(1)
    powers = left.square().mean(-1) * right.square().mean(-1)
    return (left * right).mean(-1) / (powers + QUIET**2).sqrt()
