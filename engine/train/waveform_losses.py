"""How far decoded sound is from its source, as losses to train by, and how several losses are weighed."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.train.mel import mel_matrix

MEL_BANDS = {2048: 80, 1024: 80, 512: 64, 256: 32, 128: 16, 64: 8}  # by window, in samples
FLOOR = 1e-5  # of amplitude, -100 dB


class MelLoss(nn.Module):
    """Multi-scale mel loss: L1 of amplitudes plus L1 of their logarithms, mean over windows. EnCodec (arXiv 2210.13438,
    eq. 2) has L1 plus L2 over windows 2^5 to 2^11."""

    def __init__(self, rate: int):
        super().__init__()
        for window, bands in MEL_BANDS.items():
            matrix = torch.from_numpy(mel_matrix(rate, window, bands)).float()
            self.register_buffer(f"mel_{window}", matrix, persistent=False)
            self.register_buffer(f"taper_{window}", torch.hann_window(window) * (4 / window), persistent=False)

    def forward(self, decoded: Tensor, source: Tensor) -> Tensor:
        """Two waveforms (B, 1, N) -> the loss."""
        losses = []
        for window in MEL_BANDS:
            fake, real = (self._amplitudes(mono, window) for mono in (decoded, source))
            losses.append((fake - real).abs().mean() + (fake / real).log().abs().mean())
        return torch.stack(losses).mean()

    def _amplitudes(self, mono: Tensor, window: int) -> Tensor:
        """(B, frames, bands), at least FLOOR."""
        taper = getattr(self, f"taper_{window}")
        spectrum = torch.stft(mono[:, 0].float(), window, window // 4, window=taper, return_complex=True)
        power = torch.view_as_real(spectrum).square().sum(-1).transpose(1, 2)
        return (power @ getattr(self, f"mel_{window}")).clamp(min=FLOOR**2).sqrt()


def balanced_gradient(losses: dict[str, Tensor], weights: dict[str, float], decoded: Tensor) -> Tensor:
    """The gradient at ``decoded`` (B, 1, N) in which each loss has its weight's share, however large its own gradient
    is (EnCodec, eq. 4, with this batch's norms in place of running means). Each item's gradient is about 1 / B long,
    which makes it the gradient of a mean over items."""
    total = torch.zeros_like(decoded)
    for name, loss in losses.items():
        (gradient,) = torch.autograd.grad(loss, decoded, retain_graph=True)
        norm = gradient.flatten(1).norm(dim=1).mean()
        total += gradient * (weights[name] / sum(weights.values()) / (len(decoded) * norm.clamp(min=1e-12)))
    return total


def kl_to_unit_gaussian(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of latents (B, T, dim) from N(0, 1), in nats: mean over frames and dimensions."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
