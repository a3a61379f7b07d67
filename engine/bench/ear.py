"""`calm bench --ear`: how fast the VAE encodes, and decodes frame by frame, as takes do.

Both are told against processor time too, of all threads, which other programs disturb less than the time that passes.
They take turns for ROUNDS rounds, of which medians are told: where the machine is shared, the fastest round of a run
was 1.1 to 1.8 times as fast as the slowest.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from itertools import count

import torch

from engine.listening import encode
from engine.model.calm import Model

NOISE = 0.1
ROUNDS = 7


@torch.inference_mode()
def ear(model: Model, seconds: float, progress: Callable[[int, int], None]) -> dict:
    """Seconds of sound for each second that passes, and of processor time, of ``seconds`` of stereo noise: nothing is
    easier or harder. ``progress`` hears (frames done, frames in all)."""
    config = model.config.vae
    frames = max(1, round(seconds * config.frame_rate))
    random = torch.Generator().manual_seed(0)
    audio = (NOISE * torch.randn(1, 2, frames * config.frame_size, generator=random)).to(model.device)
    latents = encode(model, audio, threading.Event())
    passes = count(1)

    def decode() -> None:
        voice = model.vae.initial_decoder_state()
        for latent in latents.split(1, dim=1):
            sound, voice = model.steps.decode(latent, voice)
            sound.cpu()
            progress(next(passes), (1 + ROUNDS) * frames)

    works = {"encode": lambda: encode(model, audio, threading.Event()), "decode": decode}
    decode()  # to warm up, as `encode` did
    times = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(_timed(work))
    length = frames / config.frame_rate
    passed = {name: [length / real for real, _ in rounds] for name, rounds in times.items()}
    worked = {name: [length / of_cores for _, of_cores in rounds] for name, rounds in times.items()}
    return {
        "device_name": model.info["device_name"],
        "arithmetic": model.steps.name,
        "threads": torch.get_num_threads(),
        "seconds": length,
        "x_real_time": {name: _told(speeds) for name, speeds in passed.items()},
        "x_of_a_core": {name: _told(speeds) for name, speeds in worked.items()},
    }


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that pass, and that processors work."""
    before, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - before, max(time.process_time() - worked, 1e-6)


def _told(speeds: list[float]) -> dict[str, float]:
    """The least, the median and the most."""
    return {name: round(of(speeds), 1) for name, of in (("min", min), ("p50", statistics.median), ("max", max))}
