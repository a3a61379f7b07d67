"""Drawing one latent frame of every row of a batch, and the stop that breaks it off."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import torch
from torch import Tensor

from engine.controls import Controls
from engine.model.calm import Model
from engine.sampling import CALLS, Field, Sampling, called, frame_noise


class Stopped(Exception):
    """Raised inside the work on a frame as soon as its ``stop`` is set."""


def check(stop: threading.Event) -> None:
    if stop.is_set():
        raise Stopped


def draw(
    model: Model, z: Tensor, controls: Sequence[Controls], seeds: Sequence[int], index: int, stop: threading.Event
) -> Tensor:
    """One latent frame (B, 1, dim), normalised, for Z (B, 1, width), each row by its own controls and seed.

    All rows are in every call of a head: a row's last bits depend on how many there are in it, and must not depend on
    what controls the others have. Those of the other sampler, and those that need no more steps, are along for nothing.
    """
    latents = z.new_empty(len(controls), model.config.vae.latent_dim)
    for sampler in dict.fromkeys(each.sampler for each in controls):
        head = model.steps.field(sampler, z[:, 0])
        runs = {}
        for steps in dict.fromkeys(each.steps for each in controls if each.sampler == sampler):
            rows = [row for row, each in enumerate(controls) if (each.sampler, each.steps) == (sampler, steps)]
            runs[tuple(rows)] = _run(model, [controls[row] for row in rows], [seeds[row] for row in rows], index)
        if tuple(range(len(controls))) in runs:
            return called(*runs.values(), _stoppable(head, stop)).unsqueeze(1)
        _together(runs, _stoppable(head, stop), latents)
    return latents.unsqueeze(1)


def _run(model: Model, controls: Sequence[Controls], seeds: Sequence[int], index: int) -> Sampling:
    """The sampling of rows with the same sampler and steps."""
    noises = [frame_noise(seed, index, (1, model.config.vae.latent_dim), model.device) for seed in seeds]
    variances = torch.tensor([each.temperature for each in controls], dtype=torch.float64).unsqueeze(1)
    noise = lambda: torch.cat([noise() for noise in noises])  # noqa: E731
    return CALLS[controls[0].sampler](noise, controls[0].steps, variances)


def _together(runs: dict[tuple[int, ...], Sampling], head: Field, latents: Tensor) -> None:
    """Carry out the ``runs`` of some rows each, all in the same calls of the ``head``; what they come to goes into
    their rows of ``latents`` (B, dim)."""
    x, t = torch.zeros_like(latents), latents.new_zeros(len(latents))
    answers = dict.fromkeys(runs)
    while answers:
        for rows, answer in list(answers.items()):
            try:
                x[[*rows]], t[[*rows]] = runs[rows].send(answer)
            except StopIteration as end:
                latents[[*rows]] = end.value
                del answers[rows]
        if answers:
            velocity = head(x, t)
            answers = {rows: velocity[[*rows]] for rows in answers}


def _stoppable(head: Field, stop: threading.Event) -> Field:
    def field(x: Tensor, t: Tensor) -> Tensor:
        check(stop)
        return head(x, t)

    return field
