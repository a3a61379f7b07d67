"""Where the teacher's own trajectories end, for a student that shall jump there.

Along the probability-flow ODE dx/dt = F(x, t) every point leads to one end at t = 0. So the jump
f(x, t) = cos t x - sin t F(x, t) is learned by regression on ends that the teacher has solved for (Luhman & Luhman,
arXiv 2101.02388), and at several points of each trajectory, so that it can be made in a few jumps too.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from engine.train.objectives import Field

STEPS = 8  # of the teacher: its ends are off by 0.03 of a deviation then, by 0.04 in 16 steps of first order
BEND = (1.0, 1.6)  # exponents by which times crowd towards 0; there 1.3 errs least
VARIANCES = (0.5, 1.3)  # of the noise that a trajectory starts from: a temperature of 1 and about it


class Trajectories(NamedTuple):
    """Points x (STEPS, N, D) of N trajectories, at times t (STEPS,) from pi / 2 down, and where they end (N, D)."""

    x: Tensor
    t: Tensor
    end: Tensor


def solved(teacher: Field, like: Tensor) -> Trajectories:
    """As many as there are frames ``like`` (N, D), each from its own noise.

    By DPM-Solver++ of second order (Lu et al., arXiv 2211.01095, algorithm 2), its slope taken over t and not over the
    log signal-to-noise ratio, which is infinite at pi / 2. Times are others in each call, so that all come by.
    """
    x = like.new_empty(len(like), 1).uniform_(*VARIANCES).sqrt() * torch.randn_like(like)
    times, points, before = _times(), [], None
    for t, later in zip(times, [*times[1:], 0.0], strict=True):
        points.append(x)
        end = math.cos(t) * x - math.sin(t) * teacher(x, x.new_full((len(x),), t))
        ahead = end
        if before is not None and later > 0:
            last, at = before
            ahead = end + (t - later) / 2 * (end - last) / (at - t)
        less = math.sin(later) / math.sin(t)
        x, before = less * x + (math.cos(later) - math.cos(t) * less) * ahead, (end, t)
    return Trajectories(torch.stack(points), x.new_tensor(times), x)


def _times() -> list[float]:
    late, bend = 0.5 * torch.rand(()).item(), torch.empty(()).uniform_(*BEND).item()
    return [math.pi / 2] + [math.pi / 2 * ((STEPS - step + late) / STEPS) ** bend for step in range(1, STEPS)]


def endpoint_loss(F: Field, trajectories: Trajectories, points: int) -> tuple[Tensor, Tensor]:
    """The mean square error of the jumps from the start and from other ``points`` drawn, so many in all, and that of
    the jumps from the start alone. F is called with (points * N, D)."""
    drawn = [0, *(1 + torch.randperm(len(trajectories.t) - 1)[: points - 1]).tolist()]
    x, t = trajectories.x[drawn], trajectories.t[drawn].unsqueeze(1).expand(-1, trajectories.x.shape[1])
    velocity = F(x.flatten(0, 1), t.flatten()).float().view_as(x)
    jump = t.cos().unsqueeze(-1) * x - t.sin().unsqueeze(-1) * velocity
    errors = (jump - trajectories.end).square().mean((1, 2))
    return errors.mean(), errors[0].detach()
