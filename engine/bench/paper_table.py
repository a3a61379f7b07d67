"""`calm bench --table paper`: the paper's table of speeds (arXiv 2509.06926, table 2), measured on this computer.

As there, a frame is backbone and head, without the codec. RQ-Transformer: sum of 32 embeddings -> backbone -> RQ head.
CALM: backbone + short context -> n calls of its head. The backbone is the same one in the same run, and weights are
random. Parts take turns, so that each finds the caches as the others leave them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch

from engine.bench.random_weights import bytes_of, check_memory, drawn
from engine.bench.rq_transformer import RQHead, beside
from engine.config import PRESETS, ModelConfig
from engine.model.calm import Calm
from engine.sampling import SAMPLERS, frame_noise

PAPER = {  # overall speed-up, head speed-up, the head's share of the time
    "rq": (1.0, 1.0, 0.577),
    "consistency 1": (2.2, 19.3, 0.066),
    "consistency 4": (1.9, 5.4, 0.201),
    "trigflow 100": (0.3, 0.2, 0.866),
}
DRAWS = (("consistency", 1), ("consistency", 4), ("trigflow", 100))
PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}
Progress = Callable[[int, int], None]


@torch.inference_mode()
def paper_table(preset: str, device: torch.device, precision: str, rounds: int, progress: Progress) -> dict:
    """The table for a preset: milliseconds of each part, and per row what the paper states, beside its own figure.

    ``rounds`` times one frame of everything is measured, after a first that does not count; ``progress`` hears
    (rounds done, rounds in all). ``error`` is a mean's standard error over the mean. CalmError if the weights do not
    fit the memory.
    """
    parts = build(PRESETS[preset], device, PRECISIONS[precision])
    times: dict[str, list[float]] = {name: [] for name in parts}
    for number in range(-1, rounds):
        progress(max(number, 0), rounds)
        for name, work in parts.items():
            elapsed = timed(work, device)
            if number >= 0:
                times[name].append(elapsed)
    means = {name: statistics.fmean(values) for name, values in times.items()}
    measured = {
        name: {"ms": round(1000 * means[name], 3), "error": round(_error(values), 4)} for name, values in times.items()
    }
    return {"preset": preset, "precision": precision, "rounds": rounds, "parts": measured, "rows": _rows(means)}


def build(config: ModelConfig, device: torch.device, dtype: torch.dtype) -> dict[str, Callable[[], object]]:
    """What one frame consists of, each part ready to be called; the backbone has half of its window behind it."""
    width, dim, rq = config.backbone.width, config.vae.latent_dim, beside(config.backbone.width)
    with torch.device("meta"):
        check_memory(bytes_of(_calm(config), dtype) + bytes_of(RQHead(rq, width), dtype), device)
    calm = drawn(lambda: _calm(config), device, dtype)
    rq_head = drawn(lambda: RQHead(rq, width), device, dtype)
    state, latent = calm.initial_state(), torch.randn(1, 1, dim).to(device, dtype)
    calm.context(latent.expand(1, config.backbone.window // 2, dim), state)
    z, codes = torch.randn(1, width).to(device, dtype), torch.zeros(1, rq.codebooks, dtype=torch.long, device=device)
    return {
        "backbone": lambda: calm.backbone(latent, state.backbone),
        "short context": lambda: calm.short_context(latent, state.short),
        "rq embeddings": lambda: rq_head.embed(codes),
        "rq": lambda: rq_head(z),
    } | {f"{sampler} {steps}": _drawing(calm.heads["consistency"], z, dim, sampler, steps) for sampler, steps in DRAWS}


def _calm(config: ModelConfig) -> Calm:
    """With one head for both samplers: they have the same shape, and the paper's takes 2.4 GB."""
    calm = Calm(config)
    del calm.heads["trigflow"]
    return calm


def _drawing(head, z: torch.Tensor, dim: int, sampler: str, steps: int) -> Callable[[], torch.Tensor]:
    noise = frame_noise(0, 0, (1, dim), z.device)

    def draw() -> torch.Tensor:
        return SAMPLERS[sampler](lambda x, t: head(x, t, z), lambda: noise().to(z.dtype), steps, 0.8)

    return draw


def timed(work: Callable[[], object], device: torch.device) -> float:
    """Seconds that ``work`` takes, the device's queue included."""
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    wait()
    start = time.perf_counter()
    work()
    wait()
    return time.perf_counter() - start


def _error(values: list[float]) -> float:
    """Standard error of the mean, over the mean."""
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return spread / len(values) ** 0.5 / statistics.fmean(values)


def _rows(times: dict[str, float]) -> list[dict]:
    context = times["backbone"] + times["short context"]
    whole = {name: context + times[name] for name in PAPER}
    whole["rq"] = times["rq embeddings"] + times["backbone"] + times["rq"]
    return [
        {
            "model": name,
            "overall": round(whole["rq"] / whole[name], 2),
            "head": round(times["rq"] / times[name], 2),
            "share": round(times[name] / whole[name], 3),
            "paper": dict(zip(("overall", "head", "share"), PAPER[name], strict=True)),
        }
        for name in PAPER
    ]
