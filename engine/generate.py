"""THE MAIN PATH: a prompt goes in, a take grows, one latent frame (40 ms) at a time.

`generate` runs in one thread and is the take's only writer; controls are read once per frame, and recorded.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.audio import Audio, resample, stereo
from engine.controls import ControlBox, Controls
from engine.join import Join
from engine.model.calm import CalmState, Model
from engine.model.vae import DecoderState
from engine.sampling import SAMPLERS, frame_noise
from engine.take import Take

LEAD_SECONDS = 1.0  # how far writing may run ahead of what is heard: far enough to be safe, near enough to be steered
WAIT_SECONDS = 0.01


@dataclass(frozen=True)
class Frame:
    """One written frame: its number after the cut, the controls it was made with, and the seconds of work in each part."""

    index: int
    controls: Controls
    backbone: float
    head: float
    decoder: float


@torch.inference_mode()
def generate(model: Model, take: Take, box: ControlBox, stop: threading.Event) -> Iterator[Frame]:
    """Write ``take`` until it is full or ``stop`` is set, yielding after every frame.

    While the take is being heard it is written at most LEAD_SECONDS ahead of its playhead. The first frame's backbone
    time includes hearing the prompt.
    """
    lap = stopwatch(model.device)
    z, context, voice, join = listen(model, take)
    for index in itertools.count():
        backbone = lap()
        controls = box.get()
        latent = draw(model, z, controls, take.request.seed, index)
        head = lap()
        audio, voice = model.vae.decode(model.calm.denormalise(latent), voice)
        block = join(audio[0].cpu().numpy())
        decoder = lap()
        if stop.is_set():
            return
        take.history.record(index, controls)
        take.append(block)
        yield Frame(index, controls, backbone, head, decoder)
        if take.full or not wait_for_room(take, stop):
            return
        lap()  # waiting is not work
        z = model.calm.context(latent, context)


def listen(model: Model, take: Take) -> tuple[Tensor, CalmState, DecoderState, Join]:
    """Hear the take's prompt: Z (1, 1, width) of the first frame to write, and all that must go on from the cut."""
    vae, rate = model.vae, model.config.vae.sample_rate
    source = take.samples[:, : take.cut]
    heard = whole_frames(resample(source, take.rate, rate), vae.config.frame_size)
    audio = torch.from_numpy(heard[None].copy()).to(model.device)
    latents = encode(model, audio)[:, -model.config.backbone.window + 1 :]
    _, context = model.calm.begin()
    z = model.calm.context(model.calm.normalise(latents), context)[:, -1:]
    lead = heard[:, -vae.config.frame_size :]
    return z, context, vae.prime(latents, audio), Join(lead, source, vae.delay, rate, take.rate)


def whole_frames(audio, frame_size: int):
    """The end of audio (..., N) that is a whole number of frames: the cut is always a frame border."""
    return audio[..., audio.shape[-1] % frame_size :]


def encode(model: Model, audio: Tensor) -> Tensor:
    """Audio (B, 2, T * frame_size) -> latents (B, T, dim). Its own beginning, mirrored, is heard first, so that the
    clip does not seem to start out of silence."""
    mirrored = audio.flip(-1)[..., -model.config.vae.sample_rate :]
    _, state = model.vae.encode(whole_frames(mirrored, model.config.vae.frame_size), model.vae.initial_encoder_state(len(audio)))
    return model.vae.encode(audio, state)[0]


def draw(model: Model, z: Tensor, controls: Controls, seed: int, index: int) -> Tensor:
    """One latent frame (1, 1, dim), normalised, for Z (1, 1, width), by the sampler of the controls."""
    head, condition = model.calm.heads[controls.sampler], z[:, 0]
    noise = frame_noise(seed, index, (1, model.config.vae.latent_dim), model.device)
    sample = SAMPLERS[controls.sampler]
    return sample(lambda x, t: head(x, t, condition), noise, controls.steps, controls.temperature).unsqueeze(1)


def wait_for_room(take: Take, stop: threading.Event) -> bool:
    """Wait while the take is written far enough ahead of what is heard; False once ``stop`` is set."""
    while take.playhead is not None and take.written - take.playhead > LEAD_SECONDS * take.rate:
        if stop.wait(WAIT_SECONDS):
            return False
    return not stop.is_set()


def stopwatch(device: torch.device) -> Callable[[], float]:
    """A function that returns the seconds since it was last called, the device's queued work included."""
    marks = deque([time.perf_counter()], maxlen=2)

    def lap() -> float:
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        marks.append(time.perf_counter())
        return marks[1] - marks[0]

    return lap


@torch.inference_mode()
def reconstruct(model: Model, audio: Audio) -> np.ndarray:
    """The VAE's round trip of a clip: float32 (2, N) at the clip's own rate and length."""
    vae, rate = model.vae, model.config.vae.sample_rate
    at_rate = resample(stereo(audio.samples), audio.rate, rate)
    size = vae.config.frame_size
    after = -(at_rate.shape[1] + vae.delay) % size + vae.delay  # silence that pushes the last sample out of the decoder
    padded = np.pad(at_rate, ((0, 0), (0, after)))
    latents, _ = vae.encode(torch.from_numpy(padded[None]).to(model.device), vae.initial_encoder_state())
    decoded, _ = vae.decode(latents, vae.initial_decoder_state())
    spoken = decoded[0, :, vae.delay : vae.delay + at_rate.shape[1]].cpu().numpy()
    back = resample(spoken, rate, audio.rate)[:, : audio.samples.shape[1]]
    return np.pad(back, ((0, 0), (0, audio.samples.shape[1] - back.shape[1])))
