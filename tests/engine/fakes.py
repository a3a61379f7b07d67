"""Stand-ins for the model, so that sessions are tested fast and exactly: a sine that goes on for as long as asked."""

import itertools
import threading
from dataclasses import dataclass

import numpy as np

from engine.audio import Audio
from engine.controls import Controls
from engine.request import Prompt, Request

FRAMES_A_SECOND = 25
WORK = 0.01  # seconds a frame of 0.04 s is said to take: four times real time


@dataclass(frozen=True)
class FakeFrame:
    index: int
    controls: Controls
    backbone: float = 0.5 * WORK
    head: float = 0.3 * WORK
    decoder: float = 0.2 * WORK
    asked: Controls | None = None

    @property
    def work(self) -> float:
        return self.backbone + self.head + self.decoder

    @property
    def wanted(self) -> Controls:
        return self.asked or self.controls


class FakeModel:
    info = {
        "name": "sine",
        "device": "cpu",
        "device_name": "Pocket calculator",
        "threads": 1,
        "arithmetic": "by hand",
        "parameters": {"vae": 20, "backbone": 300},
        "memory_mb": 1.5,
        "license": "CC0-1.0",
        "sha256": "0" * 64,
        "text_off": None,
    }


def tone(seconds: float, rate: int = 48_000, channels: int = 2) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return np.tile(0.5 * np.sin(2 * np.pi * 440 * time), (channels, 1)).astype(np.float32)


def a_prompt(seconds: float = 1.0, rate: int = 48_000) -> Prompt:
    samples = tone(seconds, rate)
    return Prompt(Audio(samples, rate), "tone", 0, samples.shape[1])


def a_request(seconds: float = 0.4, seed: int = 7, controls: Controls | None = None, rate: int = 48_000) -> Request:
    return Request(a_prompt(rate=rate), seconds, seed, controls or Controls())


def load(progress) -> FakeModel:
    progress(0.5, 1.5, "reading the sine")
    progress(1.5, 1.5, "reading the sine")
    return FakeModel()


def sine(model, take, box, stop):
    """Stands in for `engine.generate.generate`: the temperature is the loudness."""
    size = take.rate // FRAMES_A_SECOND
    for index in itertools.count():
        if stop.is_set() or take.full:
            return
        controls = box.get()
        take.history.record(index, controls)
        take.append(controls.temperature * tone(size / take.rate, take.rate))
        yield FakeFrame(index, controls)


def each(generate):
    """`generate`, which writes one take, as what a session calls: row by row."""

    def generate_rows(model, rows, stop):
        writers = [generate(model, row.take, row.box, stop) for row in rows]
        while True:
            frames = [None if row.stopped else next(one, None) for row, one in zip(rows, writers, strict=True)]
            if not any(frames):
                return
            yield frames

    return generate_rows


class Gated:
    """`sine`, but each frame waits until the test lets it through."""

    def __init__(self):
        self.permits = threading.Semaphore(0)

    def __call__(self, model, take, box, stop):
        frames = sine(model, take, box, stop)
        while not stop.is_set():
            if self.permits.acquire(timeout=0.002):
                frame = next(frames, None)
                if frame is None:
                    return
                yield frame

    def let(self, frames: int) -> None:
        self.permits.release(frames)
