"""Audio to band levels and back to FFT-bin magnitudes: the fixed, causal ends of the spectral VAE."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.config import VAEConfig
from engine.model.pitches import Pitches

MONO = -40.0  # dB of width
# Hz in which the same channel's phase leads: a lead that is the same in all the treble and bass would move the image.
# Every bin by itself costs 0.5 dB of mel error, as it tears the lobes of partials apart; none changes at all 0.03 less.
LEAD = 750.0
LOWEST_OCTAVE = 60.0  # Hz, where the second one begins
STEREO_REGIONS = 4


class Outline(NamedTuple):
    """What levels say of the sound to be made: ``curves`` (B, hops, bins) in dB and ``pitches`` (B, hops, count) in dB,
    which the phases follow, ``magnitudes`` (B, 2, hops, bins), and ``lean`` (B, hops, bins), half the angle in radians
    by which R leads L."""

    curves: Tensor
    pitches: Tensor
    magnitudes: Tensor
    lean: Tensor


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


def _synthesis_window(window: Tensor, hop: int) -> Tensor:
    """The window by which hops are overlap-added after they were cut out by ``window``: itself, over the steady sum of
    its squares shifted by ``hop``."""
    size = len(window)
    squares = torch.cat([window.square(), window.new_zeros(-size % hop)]).view(-1, hop)
    return window / squares.sum(0).repeat(len(squares))[:size]


def split(tensors: Iterable[Tensor]) -> tuple[Outline, list[Tensor]]:
    """The outline that some tensors begin with, and the rest."""
    parts = list(tensors)
    count = len(Outline._fields)
    return Outline(*parts[:count]), parts[count:]


class Spectrum(nn.Module):
    """Stereo audio <-> levels: per hop, in dB, ``bands`` mean levels of L and R, ``pan_bands`` level differences of L
    and R and as many widths, and the levels on a grid of `Pitches`.

    A width is the level of the side over that of the middle, as if L and R were equally loud: with the levels it tells
    how L and R correlate, and so how loud both their sum and their difference must be.

    A hop's window ends with the hop, so nothing looks ahead: hop h spans samples [(h + 1) hop - fft_size, (h + 1) hop).
    """

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        self.pitches = Pitches(config)
        with torch.device("cpu"):  # constants are real numbers even where parameters are laid out on the meta device
            self._compute_constants(config)

    def _compute_constants(self, config: VAEConfig) -> None:
        bins = config.fft_size // 2 + 1
        centres = band_centres(config)
        pan_centres = centres[torch.linspace(0, len(centres) - 1, config.pan_bands).round().long()]
        self.bands = len(centres)
        self.parts = [self.bands, config.pan_bands, config.pan_bands, self.pitches.count]
        self.features = sum(self.parts)
        window = torch.hann_window(config.fft_size, dtype=torch.float64)
        self._constant("window", window)
        self._constant("synthesis_window", _synthesis_window(window, config.hop))
        self._constant("analysis", triangles(centres, bins))
        self._constant("pan_analysis", triangles(pan_centres, bins))
        self._constant("synthesis", interpolation(centres, bins))
        self._constant("pan_synthesis", interpolation(pan_centres, bins))
        frequencies = centres * config.sample_rate / config.fft_size
        octave = (frequencies / LOWEST_OCTAVE).clamp(min=0.5).log2().floor().long() + 1
        self.octaves = int(octave.max()) + 1
        self._constant("broad", self._broad(octave))
        block = (torch.arange(bins, dtype=torch.float64) * config.sample_rate / config.fft_size / LEAD).floor()
        self._constant("lead", 1 - 2 * (block % 2))

    def _broad(self, octave: Tensor) -> Tensor:
        """(features, n) mean levels of octaves of the bands, which lie in the ones of these numbers (bands,), and means
        of pan and of width over regions; what is told of pitches has no part in it."""
        region = torch.arange(self.config.pan_bands) * STEREO_REGIONS // self.config.pan_bands
        groups = [nn.functional.one_hot(each).double() for each in (octave, region, region)]
        groups.append(torch.zeros(self.pitches.count, 0, dtype=torch.float64))
        return torch.block_diag(*(group / group.sum(0) for group in groups))

    def _constant(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value.float(), persistent=False)

    @property
    def overlap(self) -> int:
        """Samples before a hop that its window also covers: the streaming state, and the delay of overlap-add."""
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
        frames = torch.fft.fftshift(torch.fft.irfft(spectra, n=size), dim=-1) * self.synthesis_window.to(tail.dtype)
        hops = frames.shape[-2]
        audio = torch.cat([tail, tail.new_zeros(*tail.shape[:-1], hops * hop)], dim=-1)
        for index in range(hops):
            audio[..., index * hop : index * hop + size] += frames[..., index, :]
        return audio[..., : hops * hop], audio[..., hops * hop :]

    def levels(self, spectra: Tensor) -> Tensor:
        """Complex spectra (..., 2, hops, bins) to levels (..., hops, features) in dB, floored."""
        unit = self.window.sum() / 2
        power = torch.view_as_real(spectra / unit).square().sum(-1)  # no root is taken to be squared
        floor = 10 ** (self.config.floor / 10)
        left, right = (power @ self.pan_analysis.T).clamp(min=floor).unbind(-3)
        shared = (spectra.select(-3, 0) * spectra.select(-3, 1).conj()).real / unit.square() @ self.pan_analysis.T
        pan = (10 * (left / right).log10()).clamp(-40, 40)
        mean = (power.mean(-3) @ self.analysis.T).clamp(min=floor).log10() * 10
        width = widths(left, right, shared, floor)
        return torch.cat([mean, pan, width, self.pitches.levels(spectra, unit)], dim=-1)

    def outline(self, levels: Tensor, gain: Tensor) -> Outline:
        """Levels (B, hops, features) and a ``gain`` (bands,), in dB, as what the voice makes of them; what lies at the
        floor becomes 0, whatever its gain."""
        mean, pan, width, pitches = levels.split(self.parts, dim=-1)
        curves = mean @ self.synthesis.T
        to_left = pan @ self.pan_synthesis.T * (math.log(10) / 10)
        shares = torch.sigmoid(torch.stack([to_left, -to_left], dim=-3))  # of the power
        both = 2**0.5 * 10 ** ((curves + gain @ self.synthesis.T) / 20) * (curves > self.config.floor + 1)
        amplitude = both.unsqueeze(-3) * shares.sqrt()
        return Outline(curves, pitches, amplitude * (self.window.sum() / 2), self._lean(width @ self.pan_synthesis.T))

    def _lean(self, width: Tensor) -> Tensor:
        """Two that are equally loud and differ in phase by an angle have a side of tan(angle / 2) times the middle."""
        return torch.where(width > MONO + 1, (width * (math.log(10) / 20)).exp().atan() * self.lead, 0.0)


def widths(left: Tensor, right: Tensor, shared: Tensor, floor: float) -> Tensor:
    """Powers of L and R, no less than ``floor``, and the real part of their cross spectrum, all of one shape, to widths
    in dB within +-MONO; MONO where either is at the floor."""
    correlation = (shared / (left * right).sqrt()).clamp(-1, 1)
    least = 10 ** (MONO / 10)
    width = 10 * ((1 - correlation + least) / (1 + correlation + least)).log10()
    return torch.where(torch.minimum(left, right) > floor, width, MONO)
