"""`calm bench --parts`: which part of a frame takes how long.

On a CPU that is processor time of the writing thread, so that other programs disturb it less; on a GPU the time until
it is idle again. The parts take turns, so that each finds the caches as the others leave them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import pairwise

import torch

from engine.bench.batch import USUAL, WARM_UP, written
from engine.bench.paper_table import timed
from engine.model.calm import Model
from engine.model.vae import SpectralVAE
from engine.sampling import SAMPLERS, frame_noise

NESTED = ("decoder", "phases", "inverse transform")
"""Each is measured with those after it, which are then taken off."""
Progress = Callable[[int, int], None]
Works = dict[str, Callable[[], object]]


@torch.inference_mode()
def parts(model: Model, frames: int, progress: Progress) -> dict:
    """Median milliseconds of a frame of one take with the usual controls, and of its parts, the context half full:
    ``decoder`` are its networks, ``rest`` is what the parts leave: bending, holding, joining and storing. ``progress``
    hears (frames done, frames in all)."""
    writer = written(model, "alike", 1)
    medians = _medians(works_of(model) | {"frame": lambda: next(writer)}, model.device, frames, progress)
    whole = medians.pop("frame")
    for outer, inner in pairwise(name for name in NESTED if name in medians):
        medians[outer] -= medians[inner]
    medians["rest"] = whole - sum(medians.values())
    return {
        "device_name": model.info["device_name"],
        "arithmetic": model.steps.name,
        "steps": USUAL.steps,
        "frame_ms": round(whole, 3),
        "parts_ms": {name: round(value, 3) for name, value in medians.items()},
    }


def works_of(model: Model) -> Works:
    """The parts of a frame, each ready to be called over and over."""
    dim, window = model.config.vae.latent_dim, model.config.backbone.window
    noise = frame_noise(0, 0, (1, dim), model.device)
    past = torch.stack([noise() for _ in range(window // 2)], dim=1)
    z, state = model.calm.begin()
    model.calm.context(past, state)
    latent = past[:, -1:]
    field, voice = model.steps.field(USUAL.sampler, z[:, 0]), model.vae.initial_decoder_state()

    def context() -> None:
        model.steps.context(latent, state)
        state.rewind(1)

    heard = model.calm.denormalise(latent)
    return {
        "context": context,
        "head": lambda: SAMPLERS[USUAL.sampler](field, noise, USUAL.steps, USUAL.temperature),
        "decoder": lambda: model.steps.decode(heard, voice),
    } | (_vocoder(model.vae, heard) if isinstance(model.vae, SpectralVAE) else {})


def _vocoder(vae: SpectralVAE, latent: torch.Tensor) -> Works:
    state = vae.initial_decoder_state()
    levels, frames, hops = vae.decode_levels(latent, state.frames, state.hops)
    outline = vae.spectrum.outline(levels, vae.gain)
    spectra = torch.polar(outline.magnitudes, torch.zeros_like(outline.magnitudes))
    return {
        "phases": lambda: vae.speak(outline, frames, hops, state),
        "inverse transform": lambda: vae.spectrum.inverse(spectra, state.tail),
    }


def _medians(works: Works, device: torch.device, rounds: int, progress: Progress) -> dict[str, float]:
    """Milliseconds of each, after WARM_UP rounds that do not count."""
    costs: dict[str, list[float]] = {name: [] for name in works}
    for number in range(-WARM_UP, rounds):
        progress(max(number, 0), rounds)
        for name, work in works.items():
            cost = 1000 * _cost(work, device)
            if number >= 0:
                costs[name].append(cost)
    return {name: statistics.median(values) for name, values in costs.items()}


def _cost(work: Callable[[], object], device: torch.device) -> float:
    """Seconds."""
    if device.type != "cpu":
        return timed(work, device)
    before = time.thread_time()
    work()
    return time.thread_time() - before
