"""Drawing one latent frame, and the stop that breaks it off."""

from __future__ import annotations

import threading

from torch import Tensor

from engine.controls import Controls
from engine.model.calm import Model
from engine.sampling import SAMPLERS, frame_noise


class Stopped(Exception):
    """Raised inside the work on a frame as soon as the take's ``stop`` is set."""


def check(stop: threading.Event) -> None:
    if stop.is_set():
        raise Stopped


def draw(model: Model, z: Tensor, controls: Controls, seed: int, index: int, stop: threading.Event) -> Tensor:
    """One latent frame (1, 1, dim), normalised, for Z (1, 1, width), by the sampler of the controls."""
    head = model.steps.field(controls.sampler, z[:, 0])

    def field(x: Tensor, t: Tensor) -> Tensor:
        check(stop)
        return head(x, t)

    noise = frame_noise(seed, index, (1, model.config.vae.latent_dim), model.device)
    return SAMPLERS[controls.sampler](field, noise, controls.steps, controls.temperature).unsqueeze(1)
