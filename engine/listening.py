"""Listening: what a prompt leaves behind, from which a take is written on.

That takes a quarter of a second for 5 s of prompt. It depends on the prompt alone; so it can be done before a take is
asked for, and what one take has heard serves the next one of the same prompt.
"""

from __future__ import annotations

import threading

import torch
from torch import Tensor

from engine.audio import Audio, check_prompt, is_silent, resample
from engine.drawing import Stopped, check
from engine.hold import free_hold, hold_of
from engine.join import join_of
from engine.model.calm import Model
from engine.moment import Moment, Pen
from engine.request import Prompt
from engine.resampling import Ratio
from engine.snapshot import Snapshot, context_at, snapshot
from engine.take import Take
from engine.telling import Telling
from engine.trail import Trail

WARM_UP_FRAMES = 25  # heard before the prompt's first frame counts: the encoder looks back less than that
ENCODE_FRAMES = 50  # at a time: 20 ms of work, so that a long prompt can be stopped too


def listen(model: Model, take: Take, stop: threading.Event) -> tuple[Pen, Moment]:
    """The moment at which ``take`` leaves its prompt; heard now, unless its trail has heard the prompt already."""
    prompt, trail = take.request.prompt, take.trail
    if trail is None:
        heard = hear(model, prompt, stop)
    else:
        heard = trail.heard(prompt) or hear(model, prompt, stop)
        trail.keep_heard(prompt, heard)
    return Pen(model, Telling(model, take), heard.join, context_at(model, heard), stop), heard.moment


@torch.inference_mode()
def prehear(model: Model, prompt: Prompt, trail: Trail, stop: threading.Event) -> None:
    """Hear a prompt for the takes to come, into their trail; nothing once ``stop`` is set. CalmError if it cannot be
    continued."""
    check_prompt(Audio(prompt.samples, prompt.audio.rate))
    try:
        trail.keep_heard(prompt, trail.heard(prompt) or hear(model, prompt, stop))
    except Stopped:
        return


def hear(model: Model, prompt: Prompt, stop: threading.Event) -> Snapshot:
    """Hear the end of a prompt in one pass, as much as the backbone can hold: its window, 20 s of `studio`. What comes
    after silence begins as music does from nothing."""
    vae, rate, size = model.vae, model.config.vae.sample_rate, model.config.vae.frame_size
    longest = model.config.backbone.window - 1
    source, own_rate = prompt.samples, prompt.audio.rate
    kept = source[:, -round((longest + WARM_UP_FRAMES) * size * own_rate / rate) :]
    heard = whole_frames(resample(kept, own_rate, rate), size)
    audio = torch.from_numpy(heard[None].copy()).to(model.device)
    latents = encode(model, audio, stop)[:, -longest:]
    normal = model.calm.normalise(latents)
    z, context = model.calm.begin()
    hold, past = free_hold(1, normal.shape[-1], model.device), normal[:, :0]
    if not is_silent(source):
        z, past = model.calm.context(normal, context)[:, -1:], normal
        hold = hold_of(normal, vae.config.frame_rate, model.broad(), model.vae.octaves)
    join, joint = join_of(heard[:, -size:], source, vae.delay, Ratio(rate, own_rate))
    moment = Moment(0, context.position, z, past, vae.prime(latents, audio), (joint,), hold)
    return snapshot(moment, join, context, 0, None)


def whole_frames(audio, frame_size: int):
    """The end of audio (..., N) that is a whole number of frames: the cut is always a frame border."""
    return audio[..., audio.shape[-1] % frame_size :]


def encode(model: Model, audio: Tensor, stop: threading.Event) -> Tensor:
    """Audio (B, 2, T * frame_size) -> latents (B, T, dim). Its own beginning, mirrored, is heard first, so that the
    clip does not seem to start out of silence."""
    size = model.config.vae.frame_size
    mirrored = audio.flip(-1)[..., -WARM_UP_FRAMES * size :]
    state, latents = model.vae.initial_encoder_state(len(audio)), []
    for chunk in torch.cat([mirrored, audio], dim=-1).split(ENCODE_FRAMES * size, dim=-1):
        check(stop)
        mean, state = model.vae.encode(chunk, state)
        latents.append(mean)
    return torch.cat(latents, dim=1)[:, mirrored.shape[-1] // size :]
