"""Samplers: from Gaussian noise to one latent frame, in the symbols of the papers.

The head F is called as F(x, t) with x (N, dim), t (N,) in [0, pi / 2]; Z is bound by the caller. ``noise()`` returns
a fresh standard normal (N, dim). Temperature T scales the variance of that noise: std = sqrt(T) (CALM, section 4.4);
a float, or (N, 1) in float64 on the CPU, which gives each row the very bits that a float would give it.

A sampler is a generator, which yields x and t and is sent F(x, t): so the calls of several can be made as one
(`engine.drawing`). `consistency` and `trigflow` are the plain functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator

import torch
from torch import Tensor

Field = Callable[[Tensor, Tensor], Tensor]
Sampling = Generator[tuple[Tensor, Tensor], Tensor, Tensor]


def consistency_calls(noise: Callable[[], Tensor], steps: int, temperature: float | Tensor) -> Sampling:
    """Multistep consistency sampling (Song et al., 2023, algorithm 1) under TrigFlow (sCM, Lu & Song 2024, eq. 5).

    f(x, t) = cos t x - sin t F(x, t) jumps to the data; in between, noise is put back to time t. Times are pi / 2 times
    1, (n-1)/n, .., 1/n: CALM does not state its own.
    """
    std, x0 = _std(temperature), 0.0
    for step in range(steps):
        t = math.pi / 2 * (steps - step) / steps
        x = math.cos(t) * x0 + _scaled(math.sin(t) * std, noise())  # at pi / 2, the first time, x0 counts for nothing
        x0 = math.cos(t) * x - math.sin(t) * (yield x, x.new_full((len(x),), t))
    return x0


def trigflow_calls(noise: Callable[[], Tensor], steps: int, temperature: float | Tensor) -> Sampling:
    """The probability-flow ODE dx/dt = F(x, t) from pi / 2 to 0 in its exact first-order form (DDIM under TrigFlow,
    sCM appendix B): x <- cos d x - sin d F(x, t), t <- t - d."""
    x = _scaled(_std(temperature), noise())
    d = math.pi / 2 / steps
    for step in range(steps):
        t = math.pi / 2 - step * d
        x = math.cos(d) * x - math.sin(d) * (yield x, x.new_full((len(x),), t))
    return x


def consistency(F: Field, noise: Callable[[], Tensor], steps: int, temperature: float | Tensor) -> Tensor:
    return called(consistency_calls(noise, steps, temperature), F)


def trigflow(F: Field, noise: Callable[[], Tensor], steps: int, temperature: float | Tensor) -> Tensor:
    return called(trigflow_calls(noise, steps, temperature), F)


def called(sampling: Sampling, F: Field) -> Tensor:
    """What the sampler comes to with F."""
    point = next(sampling)
    try:
        while True:
            point = sampling.send(F(*point))
    except StopIteration as end:
        return end.value


def _std(temperature: float | Tensor) -> float | Tensor:
    return temperature.sqrt() if isinstance(temperature, Tensor) else math.sqrt(temperature)


def _scaled(factor: float | Tensor, noise: Tensor) -> Tensor:
    return noise * (factor.to(noise) if isinstance(factor, Tensor) else factor)


SAMPLERS = {"consistency": consistency, "trigflow": trigflow}
CALLS = {"consistency": consistency_calls, "trigflow": trigflow_calls}


def frame_noise(seed: int, frame: int, shape: tuple[int, ...], device: torch.device) -> Callable[[], Tensor]:
    """Fresh normals for one frame, from a private generator that depends on the seed and the frame number alone: so a
    frame can be drawn again without drawing those before it. Drawn on the CPU: the same on every device."""
    generator = torch.Generator().manual_seed((seed * 0x9E3779B97F4A7C15 + frame * 0xBF58476D1CE4E5B9) % 2**63)
    return lambda: torch.randn(shape, generator=generator).to(device)
