"""Many continuations at once, for evaluation: the steps of `engine.generate` over a batch, without stops and takes.

Each clip is drawn with its own seed as it would be alone, and joined to its prompt as it would be heard; it differs
from that only by how a batch is rounded.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from engine.controls import Controls
from engine.hold import free_hold, held, hold_of
from engine.join import join_of, joined
from engine.listening import encode, whole_frames
from engine.model.bend import as_long
from engine.model.calm import Model
from engine.model.recall import recalled
from engine.music.bars_ago import bars_ago
from engine.music.form import more_energy
from engine.music.leadsheet import LeadSheet
from engine.resampling import Ratio
from engine.sampling import SAMPLERS, frame_noise


class Told(NamedTuple):
    """What lead sheets tell of the frames to come: (B, frames, features); how many frames ago BARS bars ago are,
    beside what they tell of that (B, frames, BARS, FIELDS); and by how much more energy there is (B, frames)."""

    features: Tensor
    ago: Tensor
    more_energy: np.ndarray


@torch.inference_mode()
def continue_many(
    model: Model, prompts: np.ndarray, seeds: list[int], sheets: list[LeadSheet] | None, frames: int, controls: Controls
) -> np.ndarray:
    """Prompts (B, 2, N) at the model's rate -> what follows each, float32 (B, 2, frames * frame_size - delay).

    ``sheets`` count time from the start of their prompts; None: nothing is told.
    """
    heard = torch.from_numpy(whole_frames(prompts, model.config.vae.frame_size).copy()).to(model.device)
    latents = encode(model, heard, threading.Event())[:, 1 - model.config.backbone.window :]
    told = None if sheets is None else told_of(model, sheets, prompts.shape[-1], frames)
    written = write_latents(model, latents, seeds, told, None, frames, controls)
    voice, audio = model.vae.prime(latents, heard), []
    for latent in written:
        spoken, voice = model.steps.decode(latent, voice)
        audio.append(spoken.cpu().numpy())
    spoken = zip(*audio, strict=True)
    return np.stack([_joined(model, *clip) for clip in zip(heard.cpu().numpy(), prompts, spoken, strict=True)])


def _joined(model: Model, heard: np.ndarray, prompt: np.ndarray, blocks: Sequence[np.ndarray]) -> np.ndarray:
    """(2, n) what is heard after a ``prompt`` (2, N), of which ``heard`` is what the model heard."""
    config, taken = model.config.vae, []
    ratio = Ratio(config.sample_rate, config.sample_rate)
    join, state = join_of(heard[:, -config.frame_size :], prompt, model.vae.delay, ratio)
    for block in blocks:
        samples, state = joined(block, join, state)
        taken.append(samples)
    return np.concatenate(taken, axis=1)


def write_latents(
    model: Model,
    latents: Tensor | None,
    seeds: list[int],
    told: Told | None,
    texts: Tensor | None,
    frames: int,
    controls: Controls,
) -> Iterator[Tensor]:
    """The frames written after the prompts' ``latents`` (B, T, dim), each (B, 1, dim), or None: from nothing; ``told``
    lead sheets and the embeddings ``texts`` (B, EMBEDDING), where they are given."""
    calm, dim = model.calm, model.config.vae.latent_dim
    z, state = calm.begin(len(seeds))
    hold, past = free_hold(len(seeds), dim, model.device), torch.zeros(len(seeds), 0, dim, device=model.device)
    if latents is not None:
        past = calm.normalise(latents)
        z = calm.context(past, state)
        hold = hold_of(past, model.config.vae.frame_rate, model.broad(), model.vae.octaves)
    z = z[:, -1]
    for index in range(frames):
        bent = z if texts is None else calm.described(z, texts, controls.text_strength)
        if told is not None:
            led = _following(model, bent, past, told, index, controls)
            bent = as_long(led, z) if latents is None else led  # as `engine.telling`
        draws = [frame_noise(seed, index, (1, dim), model.device) for seed in seeds]
        latent = SAMPLERS[controls.sampler](
            model.steps.field(controls.sampler, bent), partial(_each, draws), controls.steps, controls.temperature
        )
        more = None if told is None or controls.follow == 0 else tuple(told.more_energy[:, index].tolist())
        latent, hold = held(latent.unsqueeze(1), hold, more)
        past = torch.cat([past, latent], dim=1)[:, 1 - model.config.backbone.window :]
        yield calm.denormalise(latent)
        z = model.steps.context(latent, state)[:, 0]


def told_of(model: Model, sheets: list[LeadSheet], cut: int, frames: int) -> Told:
    """What sheets tell of the frames after the cut, which lies at so many samples."""
    config = model.config.vae
    middles = cut / config.sample_rate + (np.arange(frames) + 0.5) / config.frame_rate
    features, ago = (np.stack([read(sheet, middles) for sheet in sheets]) for read in (LeadSheet.features, bars_ago))
    ago[..., 0] *= config.frame_rate
    more = np.stack([more_energy(sheet, cut / config.sample_rate, middles) for sheet in sheets])
    return Told(torch.from_numpy(features).to(model.device), torch.from_numpy(ago).to(model.device), more)


def _following(model: Model, z: Tensor, past: Tensor, told: Told, index: int, controls: Controls) -> Tensor:
    """Z (B, width) of frame ``index`` bent to the sheets, and to what was written some bars ago."""
    calm = model.calm
    bent = calm.follow(z, told.features[:, index], controls.follow, controls.harmony, controls.form)
    if calm.recall is None:
        return bent
    frame = torch.tensor([past.shape[1]], device=past.device)
    there = recalled(past, frame, told.ago[:, index : index + 1])[:, 0]
    return bent + controls.recall * calm.recall.shift(z, there)


def _each(draws: list) -> Tensor:
    return torch.cat([draw() for draw in draws])
