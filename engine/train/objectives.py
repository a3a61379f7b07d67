"""The losses of the head, in the notation of CALM (section 3.3) and sCM (Lu & Song, arXiv 2410.11081), sigma_d = 1.

Along x_t = cos t x0 + sin t e the velocity is v = cos t e - sin t x0, and f(x, t) = cos t x - sin t F(x, t) is
the jump to x0.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

Field = Callable[[Tensor, Tensor], Tensor]  # F(x_t (N, D), t (N,)) -> (N, D)

T_MARGIN = 1e-3  # t stays off 0 and pi / 2, where tangents are 0 / 0


class LossWeight(nn.Module):
    """w(t) (N,), learned: e^w L - w is least where e^-w is the expected L at t, so every t counts alike (sCM)."""

    def __init__(self, width: int = 64):
        super().__init__()
        self.register_buffer("rates", torch.arange(1, width // 2 + 1) * 1.0, persistent=False)
        self.out = nn.Linear(width, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, t: Tensor) -> Tensor:
        angles = t.unsqueeze(-1) * self.rates
        return self.out(torch.cat([angles.cos(), angles.sin()], dim=-1)).squeeze(-1)


def draw_times(like: Tensor, mean: float = -0.3, std: float = 1.4) -> Tensor:
    """(N,) times for frames ``like`` (N, D): log-normal tan t, as sCM draws it (mean -1.0 there at sigma_d = 0.5, which
    is -0.3 at sigma_d = 1)."""
    normal = torch.randn(len(like), device=like.device)
    return (mean + std * normal).exp().atan().clamp(T_MARGIN, math.pi / 2 - T_MARGIN)


def noised(x0: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Clean latents (N, D) and times (N,) -> x_t and the velocity v along its path, with fresh noise."""
    c, s, e = t.cos().unsqueeze(-1), t.sin().unsqueeze(-1), torch.randn_like(x0)
    return c * x0 + s * e, c * e - s * x0


def trigflow_loss(F: Field, weight: LossWeight, x0: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted velocity matching, e^w / D ||F(x_t, t) - v||^2 - w -> the loss and its unweighted mean square error."""
    x_t, v = noised(x0, t)
    error = (F(x_t, t).float() - v).square().mean(-1)
    w = weight(t)
    return (w.exp() * error - w).mean(), error.mean().detach()


def consistency_loss(
    F: Field, weight: LossWeight, x0: Tensor, t: Tensor, ramp: float | Tensor, teacher: Field | None = None
) -> tuple[Tensor, Tensor]:
    """Continuous-time consistency (sCM, eq. 7 and section 4.2) -> the loss and its unweighted mean square tangent.

    dx/dt is the teacher's F, or the sample's own v without one. The tangent
    g = -cos^2 t (F - dx/dt) - r (cos t sin t x_t + d/dt F) has its derivative taken by one JVP with directions
    already times cos t sin t, which keeps it finite near pi / 2; ``ramp`` is r, 0 to 1. All in the precision of x0:
    float32, not bfloat16.
    """
    x_t, v = noised(x0, t)
    with torch.no_grad():
        velocity = teacher(x_t, t) if teacher else v
        c, s = t.cos().unsqueeze(-1), t.sin().unsqueeze(-1)
        value, change = torch.func.jvp(F, (x_t, t), (c * s * velocity, (c * s).squeeze(-1)))
        g = -c.square() * (value - velocity) - ramp * (c * s * x_t + change)
        g = g / (g.square().mean(-1, keepdim=True).sqrt() + 0.1)
    error = (F(x_t, t) - value - g).square().mean(-1)
    w = weight(t)
    return (w.exp() * error - w).mean(), error.mean().detach()
