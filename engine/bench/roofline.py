"""`calm bench --roofline`: how near a frame comes to the time in which its bytes alone could be read.

The roofline of Williams et al. (2009) for work that does so little with each number that memory is the limit: floor =
bytes of weights and keys/values that one frame touches / bandwidth of a copy on the same device. A head that is called
n times is counted n times. What fits the processor's caches may pass its floor: weights then come faster than memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.bench.paper_table import timed
from engine.bench.spread import spread
from engine.model.calm import Model
from engine.model.vae import SpectralVAE
from engine.model.waveform_vae import WaveformVAE
from engine.sampling import SAMPLERS, frame_noise

COPIED = 1 << 28  # bytes: more than any cache holds
COPIES = 10  # the best counts: the others were disturbed
BATCHES, STEPS = (1, 4), (1, 4)
BYTES = {"torch": 4, "onnxruntime fp32": 4, "onnxruntime int8": 1, "cuda graphs": 2}
"""Of one weight of context and head, as each of `engine.steps` holds it. Keys, values and the decoder take 4 anywhere,
but for the keys and values of "cuda graphs", which take 2."""
SECONDS = 2.0  # of work for each row, half of it to warm up
Progress = Callable[[float, float], None]


def roofline(model: Model, progress: Progress) -> dict:
    """Per batch and number of steps: the frame's ``bytes`` per part, ``floor_ms``, measured ``frame_ms`` and
    ``reached`` = floor / mean. ``progress`` hears (rows done, rows in all). The context is half full."""
    bandwidth, rows = copy_bandwidth(model.device), []
    for batch in BATCHES:
        for steps in STEPS:
            progress(len(rows), len(BATCHES) * len(STEPS))
            rows.append(_row(model, batch, steps, bandwidth))
    return {
        "model": model.info["name"],
        "device_name": model.info["device_name"],
        "arithmetic": model.steps.name,
        "copy_gb_per_s": round(bandwidth / 1e9, 2),
        "rows": rows,
    }


def copy_bandwidth(device: torch.device) -> float:
    """Bytes a second, those read and those written both counted."""
    source = torch.ones(COPIED // 4, device=device)
    target = torch.empty_like(source)
    return 2 * COPIED / min(timed(lambda: target.copy_(source), device) for _ in range(COPIES))


def frame_bytes(model: Model, batch: int, steps: int) -> dict[str, int]:
    """What one frame reads, part by part: weights once, or once per call, and half a window of keys and values."""
    calm, size = model.calm, BYTES[model.steps.name]
    context = calm.config.backbone
    held = context.window // 2 * context.layers * 2 * context.width * batch
    return {
        "backbone": size * _numbers(calm.backbone.transformer),
        "cache": held * (2 if size == 2 else 4),
        "short context": size * _numbers(calm.short_context.transformer),
        "head": size * _numbers(calm.heads["consistency"]) * steps,
        "decoder": 4 * sum(tensor.numel() for tensor in _decoder(model.vae)),
    }


def _decoder(vae: SpectralVAE | WaveformVAE) -> list[Tensor]:
    if isinstance(vae, SpectralVAE):
        return [*vae.decoder.parameters(), vae.synthesis, vae.spectrum.synthesis]
    parts = (vae.from_latents, vae.decoder_context, vae.decoder)
    return [parameter for part in parts for parameter in part.parameters()]


def _numbers(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@torch.inference_mode()
def _row(model: Model, batch: int, steps: int, bandwidth: float) -> dict:
    touched = frame_bytes(model, batch, steps)
    floor = 1000 * sum(touched.values()) / bandwidth
    times = _frame_times(frame_of(model, batch, steps), model.device)
    return {
        "batch": batch,
        "steps": steps,
        "bytes": touched,
        "floor_ms": round(floor, 3),
        "frame_ms": spread(times),
        "reached": round(floor * len(times) / sum(times), 3),
        "x_real_time": round(1000 / model.config.vae.frame_rate * len(times) / sum(times), 2),
    }


def frame_of(model: Model, batch: int, steps: int) -> Callable[[], object]:
    """A function that writes one more frame of ``batch`` takes at once with ``model.steps``, the context half full."""
    dim, window = model.config.vae.latent_dim, model.config.backbone.window
    noise = frame_noise(0, 0, (batch, dim), model.device)
    past = torch.stack([noise() for _ in range(window // 2 - 1)], dim=1)
    _, context = model.calm.begin(batch)
    model.calm.context(past, context)
    voice, latent = model.vae.initial_decoder_state(batch), past[:, -1:]

    def write() -> None:
        nonlocal latent, voice
        z = model.steps.context(latent, context)
        latent = SAMPLERS["consistency"](model.steps.field("consistency", z[:, 0]), noise, steps, 0.8).unsqueeze(1)
        _, voice = model.steps.decode(model.calm.denormalise(latent), voice)
        context.rewind(1)  # so that every frame finds as much in its context

    return write


def _frame_times(write: Callable[[], object], device: torch.device) -> list[float]:
    """Milliseconds of each frame in the second half of SECONDS."""
    start, times = time.perf_counter(), []
    while (now := time.perf_counter()) < start + SECONDS or not times:
        elapsed = 1000 * timed(write, device)
        if now > start + SECONDS / 2:
            times.append(elapsed)
    return times
