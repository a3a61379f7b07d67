"""A head that refines what the vocoder makes of levels: all that a network can guess, beyond the rules of
`engine.model.phase`, of how each bin is to be turned and weighed.

After deep Griffin-Lim iteration (Masuyama et al., arXiv 1903.03971) in that a network sees the spectra that are there
and tells what to change, but causal, in one pass, and judged by the sound. It is measured, not bundled: see the model
card.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.train.voicing import Voiced

WIDTH, LAYERS = 12, 3
KERNEL = (2, 5)  # hops, the last one the newest, and bins
FEATURES = 7
TURN, GAIN = 3.0, 10.0  # radians and dB that an output of 1 stands for


class PhaseHead(nn.Module):
    """Convolutions over bins and hops, none of which is later than what the decoder waits for: the levels of the next
    hop. Fresh, it changes nothing."""

    def __init__(self, hop: int, fft_size: int):
        super().__init__()
        self.step = 2 * math.pi * hop / fft_size  # by which the phase of bin 1 grows in a hop
        widths = [FEATURES] + [WIDTH] * LAYERS + [2]
        pairs = zip(widths, widths[1:], strict=False)
        self.layers = nn.ModuleList(nn.Conv2d(before, after, KERNEL) for before, after in pairs)
        nn.init.zeros_(self.layers[-1].weight)
        nn.init.zeros_(self.layers[-1].bias)

    def forward(self, voiced: Voiced) -> Voiced:
        """The same, turned and weighed."""
        x = self._features(voiced.curves, voiced.phases)
        for layer in self.layers[:-1]:
            x = F.gelu(layer(_padded(x)))
        turn, gain = self.layers[-1](_padded(x)).unbind(1)
        weighed = voiced.magnitudes * (GAIN * math.log(10) / 20 * gain).exp()[:, None]
        return voiced._replace(magnitudes=weighed, phases=voiced.phases + TURN * turn)

    def _features(self, curves: Tensor, phases: Tensor) -> Tensor:
        """(B, FEATURES, hops, bins): the level, how it goes on and came about, and by what the phase differs from those
        of the bin above and of the hop before, where a partial in the bin's middle would be."""
        levels = (curves + 60) / 20
        now = levels[:, :-1]
        before = torch.cat([now[:, :1], now[:, :-1]], dim=1)
        across = F.pad(phases.diff(dim=-1), (0, 1))
        last = torch.cat([phases[:, :1], phases[:, :-1]], dim=1)
        along = phases - last - self.step * torch.arange(phases.shape[-1], device=phases.device)
        waves = (wave(angle) for angle in (across, along) for wave in (torch.cos, torch.sin))
        return torch.stack([now, levels[:, 1:] - now, now - before, *waves], dim=1)


def _padded(x: Tensor) -> Tensor:
    """Zeros before the first hop and beside the outer bins, so that a layer gives as many of both."""
    hops, bins = KERNEL
    return F.pad(x, (bins // 2, bins // 2, hops - 1, 0))
