"""The main path with a tiny random model: exact prompts, repeatable bytes, live controls, a clean stop."""

import itertools
import threading

import numpy as np
import pytest
import torch

from engine.audio import Audio
from engine.controls import ControlBox, Controls
from engine.generate import LEAD_SECONDS, generate, reconstruct
from engine.hold import held, hold_of
from engine.listening import encode, whole_frames
from engine.request import Prompt, Request
from engine.take import Take
from engine.weights import random_model


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


def clip(rate=48_000, seconds=1.5, channels=2):
    t = np.arange(round(seconds * rate)) / rate
    beat = np.exp(-8 * (t % 0.25))
    tones = [0.4 * beat * np.sin(2 * np.pi * f * t) for f in (220, 331)][:channels]
    return Audio(np.stack(tones).astype(np.float32), rate)


def new_take(audio, seconds=0.6, seed=7, controls=None):
    prompt = Prompt(audio, "clip", 0, audio.samples.shape[1])
    return Take(Request(prompt, seconds, seed, controls or Controls()), 1)


def written(model, take, box=None, stop=None):
    frames = list(generate(model, take, box or ControlBox(take.request.controls), stop or threading.Event()))
    return frames, take.samples[:, take.cut : take.written].copy()


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000, 44_056])
@pytest.mark.parametrize("channels", [1, 2])
def test_prompt_is_untouched_and_the_take_is_full(model, rate, channels):
    audio = clip(rate, channels=channels)
    take = new_take(audio)
    _, generated = written(model, take)
    assert take.full and generated.shape == (2, round(0.6 * rate))
    assert np.array_equal(take.samples[:, : take.cut], np.broadcast_to(audio.samples, (2, take.cut)))
    assert np.isfinite(generated).all() and np.abs(generated).max() > 0


def test_same_seed_and_history_give_the_same_bytes(model):
    first, second = (written(model, new_take(clip()))[1] for _ in range(2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"controls": Controls(steps=2)}, {"controls": Controls("trigflow", 4)}]
)
def test_another_recipe_gives_other_samples(model, change):
    assert not np.array_equal(written(model, new_take(clip()))[1], written(model, new_take(clip(), **change))[1])


def test_temperature_zero_does_not_depend_on_the_seed(model):
    cold = Controls(temperature=0.0)
    first, second = (written(model, new_take(clip(), seed=seed, controls=cold))[1] for seed in (1, 2))
    assert first.tobytes() == second.tobytes()


def moved(model, at, controls):
    """A take whose controls change before frame ``at`` is made."""
    take, box = new_take(clip()), ControlBox(Controls())
    for frame in generate(model, take, box, threading.Event()):
        if frame.index == at - 1:
            box.set(controls)
    return take


def test_a_moved_knob_takes_effect_at_the_next_frame_and_is_recorded(model):
    hot = Controls(temperature=1.7)
    take, plain = moved(model, 6, hot), moved(model, 6, Controls())
    assert take.history.changes == ((0, Controls()), (6, hot))
    border = take.cut + 6 * model.config.vae.frame_size - model.vae.delay
    assert np.array_equal(take.samples[:, :border], plain.samples[:, :border])
    assert not np.array_equal(take.samples[:, border:], plain.samples[:, border:])


def test_replaying_the_history_gives_the_same_bytes(model):
    take = moved(model, 6, Controls(temperature=1.7, steps=2))
    replayed, box = new_take(clip()), ControlBox(take.history.at(0))
    for frame in generate(model, replayed, box, threading.Event()):
        box.set(take.history.at(frame.index + 1))
    assert replayed.samples.tobytes() == take.samples.tobytes()


def test_stop_keeps_what_was_made(model):
    take, stop = new_take(clip(), seconds=30), threading.Event()
    frames = list(itertools.islice(generate(model, take, ControlBox(Controls()), stop), 5))
    kept = take.written
    stop.set()
    assert kept > take.cut and len(frames) == 5
    assert take.written == kept


@pytest.mark.parametrize("before", [0.0, 1.4], ids=["from the cut", "from before the cut"])
def test_waits_for_the_listener_and_goes_on(model, before):
    """No further ahead, and no less: the time until the cut is heard is time to write, not a reason to wait."""
    take, stop = new_take(clip(), seconds=5), threading.Event()
    take.playhead = take.cut - round(before * take.rate)
    writer = threading.Thread(target=lambda: list(generate(model, take, ControlBox(Controls()), stop)))
    writer.start()
    limit = take.cut + LEAD_SECONDS * take.rate
    while take.written <= limit:
        assert writer.is_alive()
        stop.wait(0.01)
    paused_at = take.written
    assert not stop.wait(0.2) and take.written == paused_at < limit + 2 * model.config.vae.frame_size
    take.playhead = None  # nobody listens any more: write on to the end
    writer.join(30)
    assert take.full


def test_a_waiting_writer_stops_at_once(model):
    take, stop = new_take(clip(), seconds=5), threading.Event()
    take.playhead = 0
    writer = threading.Thread(target=lambda: list(generate(model, take, ControlBox(Controls()), stop)))
    writer.start()
    stop.set()
    writer.join(10)
    assert not writer.is_alive() and not take.full


def test_generation_continues_what_one_pass_over_everything_would_give(model):
    """Streamed whole model == offline: the frames drawn one by one are those of a single pass over the finished
    sequence."""
    take = new_take(clip(), controls=Controls(temperature=0.0, steps=1))
    calm, size = model.calm, model.config.vae.frame_size
    drawn = []
    decode = model.vae.decode
    model.vae.decode = lambda latents, state: drawn.append(calm.normalise(latents)) or decode(latents, state)
    try:
        written(model, take)
    finally:
        del model.vae.decode
    audio = torch.from_numpy(whole_frames(take.samples[:, : take.cut], size)[None].copy())
    prompt = calm.normalise(encode(model, audio, threading.Event()))[:, -model.config.backbone.window + 1 :]
    sequence = torch.cat([calm.backbone.bos.expand(1, 1, -1), prompt, *drawn[:-1]], dim=1)
    z = (calm.backbone(sequence) + calm.short_context(sequence))[0, -len(drawn) :]
    zero, start = torch.zeros(len(z), model.config.vae.latent_dim), torch.full((len(z),), torch.pi / 2)
    hold, offline = hold_of(prompt, model.config.vae.frame_rate, model.broad()), []
    for latent in -calm.heads["consistency"](zero, start, z):
        frame, hold = held(latent[None, None], hold)
        offline.append(frame[0])
    assert torch.allclose(torch.cat(drawn, dim=1)[0], torch.cat(offline), atol=1e-4)


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000])
def test_reconstruction_has_the_clips_rate_length_and_timing(model, rate):
    audio = clip(rate, seconds=1.003)
    back = reconstruct(model, audio)
    assert back.shape == audio.samples.shape and np.isfinite(back).all()
