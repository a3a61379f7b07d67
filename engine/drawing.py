"""Drawing one latent frame of every row of a batch, and the stop that breaks it off."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import torch
from torch import Tensor

from engine.controls import Controls, Sampler
from engine.model.calm import Model
from engine.sampling import SAMPLERS, frame_noise


class Stopped(Exception):
    """Raised inside the work on a frame as soon as its ``stop`` is set."""


def check(stop: threading.Event) -> None:
    if stop.is_set():
        raise Stopped


def draw(
    model: Model, z: Tensor, controls: Sequence[Controls], seeds: Sequence[int], index: int, stop: threading.Event
) -> Tensor:
    """One latent frame (B, 1, dim), normalised, for Z (B, 1, width), each row by its own controls and seed.

    Rows with the same sampler and steps are drawn together. The others are then along for nothing: a row's last bits
    depend on how many there are in a call, and must not depend on what controls the others have.
    """
    manners = [(each.sampler, each.steps) for each in controls]
    temperatures = [each.temperature for each in controls]
    drawn = {manner: _drawn(model, z, *manner, temperatures, seeds, index, stop) for manner in dict.fromkeys(manners)}
    return torch.cat([drawn[manner][row : row + 1] for row, manner in enumerate(manners)]).unsqueeze(1)


def _drawn(
    model: Model,
    z: Tensor,
    sampler: Sampler,
    steps: int,
    temperatures: Sequence[float],
    seeds: Sequence[int],
    index: int,
    stop: threading.Event,
) -> Tensor:
    """(B, dim), all rows by the same sampler with the same number of steps."""
    head = model.steps.field(sampler, z[:, 0])
    noises = [frame_noise(seed, index, (1, model.config.vae.latent_dim), model.device) for seed in seeds]

    def field(x: Tensor, t: Tensor) -> Tensor:
        check(stop)
        return head(x, t)

    variances = torch.tensor(temperatures, dtype=torch.float64).unsqueeze(1)
    return SAMPLERS[sampler](field, lambda: torch.cat([noise() for noise in noises]), steps, variances)
