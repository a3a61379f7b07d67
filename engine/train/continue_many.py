"""Many continuations at once, for evaluation: the steps of `engine.generate` over a batch, without stops and takes.

Each clip is drawn with its own seed as it would be alone, and differs from that only by how a batch is rounded. What
is left out is the fade at the cut, the volume's ceiling and the soft clipping of `engine.join`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor

from engine.controls import Controls
from engine.hold import held, hold_of
from engine.listening import encode, whole_frames
from engine.model.calm import Model
from engine.music.leadsheet import LeadSheet
from engine.sampling import SAMPLERS, frame_noise


@torch.inference_mode()
def continue_many(
    model: Model, prompts: np.ndarray, seeds: list[int], sheets: list[LeadSheet] | None, frames: int, controls: Controls
) -> np.ndarray:
    """Prompts (B, 2, N) at the model's rate -> what follows each, float32 (B, 2, frames * frame_size - delay).

    ``sheets`` count time from the start of their prompts; None: nothing is told.
    """
    heard = torch.from_numpy(whole_frames(prompts, model.config.vae.frame_size).copy()).to(model.device)
    latents = encode(model, heard, threading.Event())[:, 1 - model.config.backbone.window :]
    told = None if sheets is None else _told(model, sheets, prompts.shape[-1], frames)
    written = _latents(model, latents, seeds, told, frames, controls)
    voice, audio = model.vae.prime(latents, heard), []
    for latent in written:
        spoken, voice = model.steps.decode(latent, voice)
        audio.append(spoken)
    return torch.cat(audio, dim=-1)[..., model.vae.delay :].cpu().numpy()


def _latents(
    model: Model, latents: Tensor, seeds: list[int], told: Tensor | None, frames: int, controls: Controls
) -> Iterator[Tensor]:
    """The frames written after the prompts' ``latents`` (B, T, dim), each (B, 1, dim); ``told`` (B, frames, F)."""
    calm, normal = model.calm, model.calm.normalise(latents)
    hold = hold_of(normal, model.config.vae.frame_rate)
    _, state = calm.begin(len(latents))
    z = calm.context(normal, state)[:, -1]
    for index in range(frames):
        bent = z if told is None else calm.follow(z, told[:, index], controls.follow, controls.harmony)
        draws = [frame_noise(seed, index, (1, latents.shape[-1]), model.device) for seed in seeds]
        latent = SAMPLERS[controls.sampler](
            model.steps.field(controls.sampler, bent), partial(_each, draws), controls.steps, controls.temperature
        )
        latent, hold = held(latent.unsqueeze(1), hold)
        yield calm.denormalise(latent)
        z = model.steps.context(latent, state)[:, 0]


def _told(model: Model, sheets: list[LeadSheet], cut: int, frames: int) -> Tensor:
    """(B, frames, features) of the frames after the cut, which lies at so many samples."""
    config = model.config.vae
    middles = cut / config.sample_rate + (np.arange(frames) + 0.5) / config.frame_rate
    return torch.from_numpy(np.stack([sheet.features(middles) for sheet in sheets])).to(model.device)


def _each(draws: list) -> Tensor:
    return torch.cat([draw() for draw in draws])
