"""`calm bench --ear`: how fast the VAE encodes, and decodes frame by frame, as takes do.

Both are told against processor time too, of all threads, which other programs disturb less than the time that passes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import torch

from engine.listening import encode
from engine.model.calm import Model

NOISE = 0.1


@torch.inference_mode()
def ear(model: Model, seconds: float, progress: Callable[[int, int], None]) -> dict:
    """Seconds of sound for each second that passes, and of processor time, of ``seconds`` of stereo noise: nothing is
    easier or harder. ``progress`` hears (frames done, frames in all)."""
    config = model.config.vae
    frames = max(1, round(seconds * config.frame_rate))
    random = torch.Generator().manual_seed(0)
    audio = (NOISE * torch.randn(1, 2, frames * config.frame_size, generator=random)).to(model.device)
    latents, encoding = _timed(lambda: encode(model, audio, threading.Event()))

    def decode() -> None:
        voice = model.vae.initial_decoder_state()
        for number, latent in enumerate(latents.split(1, dim=1)):
            sound, voice = model.steps.decode(latent, voice)
            sound.cpu()
            progress(number + 1, frames)

    _, decoding = _timed(decode)
    length = frames / config.frame_rate
    works = {"encode": encoding, "decode": decoding}
    return {
        "device_name": model.info["device_name"],
        "arithmetic": model.steps.name,
        "threads": torch.get_num_threads(),
        "seconds": length,
        "x_real_time": {name: round(length / passed, 1) for name, (passed, _) in works.items()},
        "x_of_a_core": {name: round(length / worked, 1) for name, (_, worked) in works.items()},
    }


def _timed(work: Callable[[], object]) -> tuple[object, tuple[float, float]]:
    """What ``work`` returns the second time, and the seconds that passed then, and that processors worked."""
    work()
    before, worked = time.perf_counter(), time.process_time()
    result = work()
    return result, (time.perf_counter() - before, max(time.process_time() - worked, 1e-6))
