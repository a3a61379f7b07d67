"""`calm bench`: how fast this device continues a prompt of noise bursts, measured with the installed model."""

from __future__ import annotations

import statistics
import threading
import time

import numpy as np
import torch

from engine import device as devices
from engine import weights
from engine.audio import Audio
from engine.controls import ControlBox, Controls
from engine.generate import Frame, generate
from engine.request import Prompt, Request
from engine.take import Take

PROMPT_SECONDS = 5
SAMPLERS = (Controls("consistency", 1), Controls("consistency", 4), Controls("trigflow", 100))


def run(device: torch.device | None = None, seconds: float = 10.0) -> dict:
    """Speed of the installed model at 1, 4 and 100 steps on ``device`` (default: the best there is).

    Per sampler: x_real_time over the whole job, first_audio_ms from the request to the first generated samples in
    the take (model loaded and warm), and ms_per_frame {mean, p50, p95, backbone, head, decoder}; a frame is 40 ms of
    audio.
    """
    model = weights.load(None, device or devices.choose())
    for _ in timed(model, SAMPLERS[0], 1.0):  # warm-up
        pass
    rows = [measure(model, controls, seconds) for controls in SAMPLERS]
    return {
        "device": model.info["device"],
        "device_name": model.info["device_name"],
        "threads": torch.get_num_threads(),
        "rows": rows,
    }


def measure(model, controls: Controls, seconds: float) -> dict:
    """One row of `run`."""
    frames, arrivals, heard = zip(*timed(model, controls, seconds), strict=True)
    return {
        "sampler": controls.sampler,
        "steps": controls.steps,
        "seconds": seconds,
        "x_real_time": round(seconds / arrivals[-1], 2),
        "first_audio_ms": round(1000 * arrivals[heard.index(True)], 1),
        "ms_per_frame": frame_statistics(frames),
    }


def frame_statistics(frames: list[Frame] | tuple[Frame, ...]) -> dict[str, float]:
    """Milliseconds of work per frame: mean, median and 95th percentile of the whole, and the means of its parts."""
    total = sorted(1000 * (frame.backbone + frame.head + frame.decoder) for frame in frames)
    parts = {
        part: statistics.fmean(1000 * getattr(frame, part) for frame in frames)
        for part in ("backbone", "head", "decoder")
    }
    whole = {
        "mean": statistics.fmean(total),
        "p50": statistics.median(total),
        "p95": total[int(0.95 * (len(total) - 1))],
    }
    return {name: round(value, 2) for name, value in (whole | parts).items()}


def timed(model, controls: Controls, seconds: float):
    """(frame, seconds since the request, whether anything can be heard yet) for every frame of a continuation."""
    rate = model.config.vae.sample_rate
    samples = np.random.default_rng(0).standard_normal((2, PROMPT_SECONDS * rate)).astype(np.float32)
    envelope = 0.2 * np.exp(-10 * (np.arange(samples.shape[1]) / rate % 0.5)).astype(np.float32)
    prompt = Prompt(Audio(samples * envelope, rate), "noise bursts", 0, samples.shape[1])
    take = Take(Request(prompt, seconds, 0, controls), 1)
    start = time.perf_counter()
    for frame in generate(model, take, ControlBox(controls), threading.Event()):
        yield frame, time.perf_counter() - start, take.written > take.cut
