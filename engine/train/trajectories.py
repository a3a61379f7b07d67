"""Where the teacher's own trajectories end, for a student that shall jump there.

Along the probability-flow ODE dx/dt = F(x, t) every point leads to one end at t = 0. So the jump
f(x, t) = cos t x - sin t F(x, t) is learned by regression on ends that the teacher has solved for (Luhman & Luhman,
arXiv 2101.02388): from pure noise, from several points of each trajectory, and from where the student itself comes to
in a few jumps, which are not quite the teacher's points, so that later jumps may mend what earlier ones missed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from engine.sampling import consistency_calls
from engine.train.objectives import Field

STEPS = 12  # of the teacher: draws then vary by 0.157, in 8 steps by 0.147, in 100 of first order by 0.158
BEND = (1.3, 2.0)  # exponents by which times crowd towards 0; about there most of the variance is kept
JUMPS = 4  # of the student's sampler, at most
TEMPERATURES = (0.5, 1.6)


class Trajectories(NamedTuple):
    """Points x (STEPS, N, D) of N trajectories, at times t (STEPS,) that fall, and where they end (N, D)."""

    x: Tensor
    t: Tensor
    end: Tensor


def reached(student: Field, like: Tensor) -> tuple[Tensor, float]:
    """Points x as many as frames ``like`` (N, D), each of its own temperature, and their time, where the student's
    sampler is before one of its steps: half the time in pure noise, else after some jumps of its own."""
    steps = int(torch.randint(1, JUMPS + 1, ()))
    jumps = int(torch.randint(steps, ()))
    temperature = torch.empty(len(like), 1, dtype=torch.float64).uniform_(*TEMPERATURES)
    sampling = consistency_calls(lambda: torch.randn_like(like), steps, temperature)
    x, t = next(sampling)
    for _ in range(jumps):
        x, t = sampling.send(student(x, t))
    return x, math.pi / 2 * (steps - jumps) / steps


def solved(teacher: Field, x: Tensor, first: float) -> Trajectories:
    """Those from points x (N, D), all at the time ``first``.

    By DPM-Solver++ of second order (Lu et al., arXiv 2211.01095, algorithm 2), its slope taken over t and not over the
    log signal-to-noise ratio, which is infinite at pi / 2. Times are others in each call, so that all come by.
    """
    times, points, before = _times(first), [], None
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


def _times(first: float) -> list[float]:
    late, bend = 0.5 * torch.rand(()).item(), torch.empty(()).uniform_(*BEND).item()
    return [first] + [first * ((STEPS - step + late) / STEPS) ** bend for step in range(1, STEPS)]


def endpoint_loss(F: Field, trajectories: Trajectories, points: int) -> tuple[Tensor, Tensor]:
    """The mean square error of the jumps from the start and from other ``points`` drawn, so many in all, and that of
    the jumps from the start alone. F is called with (points * N, D)."""
    drawn = [0, *(1 + torch.randperm(len(trajectories.t) - 1)[: points - 1]).tolist()]
    x, t = trajectories.x[drawn], trajectories.t[drawn].unsqueeze(1).expand(-1, trajectories.x.shape[1])
    velocity = F(x.flatten(0, 1), t.flatten()).float().view_as(x)
    jump = t.cos().unsqueeze(-1) * x - t.sin().unsqueeze(-1) * velocity
    errors = (jump - trajectories.end).square().mean((1, 2))
    return errors.mean(), errors[0].detach()
