"""Audio to band levels and back to FFT-bin magnitudes: the fixed, causal ends of the spectral VAE."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.config import VAEConfig


def band_centres(config: VAEConfig) -> Tensor:
    """Centre frequencies (bands,) in FFT bins: every bin up to ``linear_below``, from there a constant ratio."""
    knee = round(config.linear_below * config.fft_size / config.sample_rate)
    nyquist = config.fft_size // 2
    ratio = 1 + 1 / knee
    above = math.floor(math.log(nyquist / knee) / math.log(ratio))
    return torch.cat(
        [torch.arange(knee, dtype=torch.float64), knee * ratio ** torch.arange(above + 1.0, dtype=torch.float64)]
    )


def interpolation(centres: Tensor, bins: int) -> Tensor:
    """(bins, bands) linear interpolation from values at ``centres`` (ascending, in bins) to every FFT bin."""
    position = torch.arange(bins, dtype=centres.dtype).clamp(centres[0], centres[-1])
    upper = torch.searchsorted(centres, position).clamp(1, len(centres) - 1)
    fraction = (position - centres[upper - 1]) / (centres[upper] - centres[upper - 1])
    matrix = torch.zeros(bins, len(centres), dtype=centres.dtype)
    rows = torch.arange(bins)
    matrix[rows, upper - 1] = 1 - fraction
    matrix[rows, upper] = fraction
    return matrix


def triangles(centres: Tensor, bins: int) -> Tensor:
    """(bands, bins) mean power around each centre, triangular over its neighbours; at least the nearest bin."""
    matrix = interpolation(centres, bins).T.clone()
    empty = matrix.sum(1) < 1e-6
    matrix[empty, centres[empty].round().long().clamp(max=bins - 1)] = 1
    return matrix / matrix.sum(1, keepdim=True)


def _overlapped(window: Tensor, hop: int) -> Tensor:
    """(hop,) the sum of a window's copies shifted by ``hop``: the steady gain of overlap-add, sample by sample."""
    padded = torch.cat([window, window.new_zeros(-len(window) % hop)])
    return padded.view(-1, hop).sum(0)


class Spectrum(nn.Module):
    """Stereo audio <-> levels: per hop, ``bands`` mean levels of L and R, then ``pan_bands`` level differences, in dB.

    A hop's window ends with the hop, so nothing looks ahead: hop h spans samples [(h + 1) hop - fft_size, (h + 1) hop).
    """

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        with torch.device("cpu"):  # constants are real numbers even where parameters are laid out on the meta device
            self._compute_constants(config)

    def _compute_constants(self, config: VAEConfig) -> None:
        bins = config.fft_size // 2 + 1
        centres = band_centres(config)
        pan_centres = centres[torch.linspace(0, len(centres) - 1, config.pan_bands).round().long()]
        self.bands, self.features = len(centres), len(centres) + config.pan_bands
        window = torch.hann_window(config.fft_size, dtype=torch.float64)
        self._constant("window", window)
        self._constant("envelope", _overlapped(window.square(), config.hop))
        self._constant("analysis", triangles(centres, bins))
        self._constant("pan_analysis", triangles(pan_centres, bins))
        self._constant("synthesis", interpolation(centres, bins))
        self._constant("pan_synthesis", interpolation(pan_centres, bins))

    def _constant(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value.float(), persistent=False)

    @property
    def overlap(self) -> int:
        """Samples before a hop that its window also covers: the streaming state, and the delay of resynthesis."""
        return self.config.fft_size - self.config.hop

    def transform(self, audio: Tensor) -> Tensor:
        """Audio (..., overlap + hops * hop), its overlap leading, to complex spectra (..., hops, bins).

        Phases are referred to each window's centre, where a steady partial has one phase across its main lobe.
        """
        frames = audio.unfold(-1, self.config.fft_size, self.config.hop) * self.window.to(audio.dtype)
        return torch.fft.rfft(torch.fft.ifftshift(frames, dim=-1))

    def inverse(self, spectra: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Weighted overlap-add: spectra (..., hops, bins) and the unfinished ``tail`` (..., overlap) of those before
        -> finished audio (..., hops * hop), which lags ``overlap`` samples behind the hops, and the new tail."""
        hop, size = self.config.hop, self.config.fft_size
        frames = torch.fft.fftshift(torch.fft.irfft(spectra, n=size), dim=-1) * self.window.to(tail.dtype)
        hops = frames.shape[-2]
        audio = torch.cat([tail, tail.new_zeros(*tail.shape[:-1], hops * hop)], dim=-1)
        for index in range(hops):
            audio[..., index * hop : index * hop + size] += frames[..., index, :]
        done, tail = audio[..., : hops * hop], audio[..., hops * hop :]
        return done / self.envelope.to(tail.dtype).repeat(hops), tail

    def levels(self, spectra: Tensor) -> Tensor:
        """Complex spectra (..., 2, hops, bins) to levels (..., hops, features) in dB, floored."""
        power = (spectra.abs() * (2 / self.window.sum())).square()
        floor = 10 ** (self.config.floor / 10)
        mean = power.mean(-3) @ self.analysis.T
        sides = (power @ self.pan_analysis.T).clamp(min=floor).log10() * 10
        pan = sides.select(-3, 0) - sides.select(-3, 1)
        return torch.cat([mean.clamp(min=floor).log10() * 10, pan.clamp(-40, 40)], dim=-1)

    def magnitudes(self, levels: Tensor, gain: Tensor) -> Tensor:
        """Levels (..., features) and a ``gain`` (bands,), in dB, to FFT magnitudes (..., 2, bins); what lies at the
        floor becomes 0, whatever its gain."""
        mean = levels[..., : self.bands] @ self.synthesis.T
        pan = levels[..., self.bands :] @ self.pan_synthesis.T
        ratio = torch.sigmoid(pan * (math.log(10) / 10))  # share of the power in L
        power = 2 * 10 ** ((mean + gain @ self.synthesis.T) / 10) * (mean > self.config.floor + 1)
        amplitude = torch.stack([power * ratio, power * (1 - ratio)], dim=-2).sqrt()
        return amplitude * (self.window.sum() / 2)
