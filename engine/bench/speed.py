"""How fast the installed model goes on, with each way to carry out its steps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import psutil
import torch

from engine import device as devices
from engine.bench.prompt import request
from engine.bench.spread import frame_statistics, spread
from engine.controls import ControlBox, Controls
from engine.errors import CalmError
from engine.generate import generate
from engine.moment import Frame
from engine.steps import use
from engine.take import Take

SAMPLERS = (Controls("consistency", 1), Controls("consistency", 4), Controls("trigflow", 100))
STARTS = 5  # how often the first sound is waited for
WARM_UP_SECONDS = 1.0
Progress = Callable[[float, float], None]


def run(model, names: tuple[str, ...], seconds: float, progress: Progress = lambda done, total: None) -> dict:
    """Speed of ``model`` at 1, 4 and 100 steps with each of the ``names`` of `engine.steps` that its device has.

    Per row: x_real_time over the whole job, and x_of_a_core by the processor time of the thread that writes: what it
    would be if no other program had taken the core meanwhile (of a CPU; a GPU works beside it); first_audio_ms, from
    the request to the first generated samples in the take (model loaded and warm); ms_per_frame with the means of its
    parts, a frame being 40 ms of audio; memory_mb, what the process then holds, and device_memory_mb. ``progress``
    hears (rows done, rows in all).
    """
    rows, total = [], len(names) * len(SAMPLERS)
    for number, name in enumerate(names):
        progress(number * len(SAMPLERS), total)
        if _used(model, name):
            list(_timed(model, SAMPLERS[0], WARM_UP_SECONDS))
            for done, controls in enumerate(SAMPLERS):
                progress(number * len(SAMPLERS) + done, total)
                rows.append(measure(model, controls, seconds))
    info = model.info
    return {
        "device": info["device"],
        "device_name": info["device_name"],
        "threads": torch.get_num_threads(),
        "rows": rows,
    }


def _used(model, name: str) -> bool:
    """Whether the model writes with these steps now."""
    try:
        use(model, name)
    except CalmError:
        return False
    return True


def measure(model, controls: Controls, seconds: float) -> dict:
    """One row of `run`."""
    before = time.thread_time()
    frames, arrivals, _ = zip(*_timed(model, controls, seconds), strict=True)
    worked = time.thread_time() - before
    return {
        "arithmetic": model.steps.name,
        "sampler": controls.sampler,
        "steps": controls.steps,
        "seconds": seconds,
        "x_real_time": round(seconds / arrivals[-1], 2),
        "x_of_a_core": round(seconds / worked, 2),
        "first_audio_ms": spread([1000 * _first_sound(model, controls) for _ in range(STARTS)]),
        "ms_per_frame": frame_statistics(frames),
        "memory_mb": round(psutil.Process().memory_info().rss / 1e6),
        "device_memory_mb": round(devices.memory_mb(model.device)),
    }


def _first_sound(model, controls: Controls) -> float:
    """Seconds from a request to its first generated samples."""
    return next(elapsed for _, elapsed, heard in _timed(model, controls, WARM_UP_SECONDS) if heard)


def _timed(model, controls: Controls, seconds: float) -> Iterator[tuple[Frame, float, bool]]:
    """(frame, seconds since the request, whether anything can be heard yet) for every frame of a continuation."""
    wanted = request(model.config.vae.sample_rate, seconds, controls)
    start = time.perf_counter()
    take = Take(wanted, 1)
    for frame in generate(model, take, ControlBox(controls), threading.Event()):
        yield frame, time.perf_counter() - start, take.written > take.cut
