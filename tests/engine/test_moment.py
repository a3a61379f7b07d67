"""A frame is a function of a moment, the controls and the seed: from any kept moment the same comes again."""

import threading

import numpy as np
import pytest
import torch

from engine.brief import Brief
from engine.controls import ControlBox, Controls
from engine.generate import generate
from engine.listening import listen
from engine.model.attention import SPARE
from engine.moment import write
from engine.request import Prompt, Request
from engine.take import Take
from engine.weights import random_model
from tests.engine.takes import clip

HOT = Controls(temperature=1.6, steps=2)


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def begun(model, rate=48_000, seconds=5.0):
    audio = clip(rate)
    take = Take(Request(Prompt(audio, "clip", 0, audio.samples.shape[1]), seconds, 7, Controls()), 1)
    with torch.inference_mode():
        return take, *listen(model, take, threading.Event())


def run(pen, moment, frames, controls=None, seed=7):
    """So many frames from a moment on: all moments, the last one to come included, and all samples."""
    moments, blocks, controls = [moment], [], controls or Controls()
    with torch.inference_mode():
        for _ in range(frames):
            (frame,), moment = write(pen, moments[-1], [controls], [controls], [seed], [Brief()], lambda: 0.0)
            assert frame.index == moments[-1].frame == moment.frame - 1
            moments.append(moment)
            blocks.append(frame.block)
    return moments, np.concatenate(blocks, axis=1)


@pytest.mark.parametrize("rate", [48_000, 44_100])
def test_from_every_moment_that_can_be_gone_back_to_the_same_comes_again(model, rate):
    """Past the wrap of the window of 24 frames, and of the ring."""
    _, pen, first = begun(model, rate)
    moments, samples = run(pen, first, 150)
    for back in (SPARE, 30, 1):
        at = moments[150 - back]
        again, same = run(pen, at, back)
        assert np.array_equal(same, samples[:, samples.shape[1] - same.shape[1] :]) and same.shape[1] > 0
        assert torch.equal(again[-1].z, moments[-1].z)


def test_what_was_written_between_leaves_no_trace(model):
    _, pen, first = begun(model)
    moments, plain = run(pen, first, 60)
    run(pen, moments[40], 20, HOT, seed=9)
    run(pen, moments[30], 10, HOT)
    _, again = run(pen, moments[30], 30)
    assert np.array_equal(again, plain[:, plain.shape[1] - again.shape[1] :])


def test_it_is_what_generate_writes(model):
    take, pen, first = begun(model, seconds=0.6)
    _, samples = run(pen, first, 15)
    for _ in generate(model, take, ControlBox(Controls()), threading.Event()):
        pass
    written = take.samples[:, take.cut :]
    assert np.abs(samples[:, : written.shape[1]] - written[:, : samples.shape[1]]).max() <= 2**-23


def test_the_controls_and_the_seed_count(model):
    _, pen, first = begun(model)
    plain, hot, other = (run(pen, first, 3, c, s)[1] for c, s in ((Controls(), 7), (HOT, 7), (Controls(), 8)))
    assert not np.array_equal(plain, hot) and not np.array_equal(plain, other)


def test_a_moment_does_not_grow(model):
    """Nor does what is beside it: memory is constant, however long the take."""
    _, pen, first = begun(model)
    moments, _ = run(pen, first, 120)
    context = pen.context.backbone.rings.nbytes + pen.context.short.rings.nbytes
    assert len({moment.bytes for moment in moments[2:]}) == 1
    assert moments[-1].bytes < 100_000
    run(pen, moments[-1], 200)
    assert pen.context.backbone.rings.nbytes + pen.context.short.rings.nbytes == context


def test_after_a_long_time_the_context_is_what_one_pass_over_everything_gives(model):
    """1,000 frames, 40 windows of the tiny model: what slides out is forgotten and nothing else is."""
    calm, latents = model.calm, torch.randn(1, 1_000, model.config.vae.latent_dim, generator=torch.manual_seed(3))
    with torch.inference_mode():
        _, streamed = calm.begin()
        z = [model.steps.context(latents[:, at : at + 1], streamed) for at in range(1_000)][-1]
        _, at_once = calm.begin()
        again = calm.context(latents, at_once)[:, -1:]
    assert torch.allclose(z, again, atol=1e-4)
    assert (streamed.position, at_once.position) == (1_001, 1_001)
