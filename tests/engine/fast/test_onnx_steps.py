"""The steps by onnxruntime against those by torch: the same frames, from the same states."""

from dataclasses import replace

import pytest
import torch

from engine.config import TINY, TransformerConfig, WaveformConfig
from engine.controls import Controls
from engine.fast.onnx_steps import onnx_steps
from engine.model.attention import SPARE
from engine.model.calm import Model
from engine.steps import TorchSteps
from engine.weights import random_model

FRAMES = 100
HEARD = 30  # more than the window; with the frames, more than the ring has slots
BATCH = 3


def quiet(note):
    pass


@pytest.fixture(scope="module")
def model():
    return random_model("tiny")


@pytest.fixture(scope="module")
def exact(model):
    return onnx_steps("onnxruntime fp32", model, quiet)


@pytest.fixture(scope="module")
def rounded(model):
    return onnx_steps("onnxruntime int8", model, quiet)


@pytest.fixture(scope="module")
def latents():
    return torch.randn(BATCH, FRAMES, TINY.vae.latent_dim, generator=torch.Generator().manual_seed(1))


def heard(model, latents):
    _, state = model.calm.begin(len(latents))
    model.calm.context(latents[:, :HEARD].flip(1), state)
    return state


def contexts(steps, latents, state):
    """Z (B, S, width) of latents (B, S, dim), one after the other."""
    return torch.cat([steps.context(frame, state) for frame in latents.split(1, dim=1)], dim=1)


def difference(a, b):
    return (a - b).abs().max().item()


def test_context_is_torchs_also_when_the_ring_has_wrapped(model, exact, latents):
    assert HEARD + FRAMES > model.calm.backbone.transformer.slots
    ours, theirs = heard(model, latents), heard(model, latents)
    assert difference(contexts(exact, latents, ours), contexts(TorchSteps(model), latents, theirs)) < 1e-3
    assert ours.position == theirs.position == 1 + HEARD + FRAMES == ours.short.position
    assert difference(ours.backbone.rings, theirs.backbone.rings) < 1e-3
    assert difference(ours.short.rings, theirs.short.rings) < 1e-3


def test_the_first_positions_see_nothing_before_them(model, exact, latents):
    _, ours = model.calm.begin(BATCH)
    _, theirs = model.calm.begin(BATCH)
    expected = contexts(TorchSteps(model), latents[:, :3], theirs)
    assert difference(contexts(exact, latents[:, :3], ours), expected) < 1e-3


def test_a_rewound_state_goes_on_as_if_it_had_not_gone_on(model, exact, latents):
    state = heard(model, latents)
    contexts(exact, latents, state)
    before = state.copy()
    contexts(exact, -latents[:, :SPARE], state)
    state.rewind(SPARE)
    assert torch.equal(contexts(exact, latents[:, :SPARE], state), contexts(exact, latents[:, :SPARE], before))


def test_torch_goes_on_where_onnxruntime_stopped(model, exact, latents):
    ours, theirs = heard(model, latents), heard(model, latents)
    contexts(exact, latents[:, :50], ours)
    contexts(TorchSteps(model), latents[:, :50], theirs)
    later = latents[:, 50:60]
    assert difference(model.calm.context(later, ours), model.calm.context(later, theirs)) < 1e-3


@pytest.mark.parametrize("frames", [0, 1, 20, FRAMES])
@pytest.mark.parametrize("controls", [Controls(), Controls(follow=0, harmony=0), Controls(recall=0)])
def test_what_is_told_leads_as_torch_has_it(model, exact, latents, frames, controls):
    z, past = heard_z(model, latents).unsqueeze(1), latents[:, :frames]
    sheet = torch.randn(1, model.calm.follow.read.in_features, generator=torch.Generator().manual_seed(2))
    ago = torch.tensor([[[12.3, 1.0, -1.0], [24.6, 0.0, 1.0], [torch.nan, 1.0, 1.0], [98.4, -1.0, 0.0]]])
    ours, theirs = (steps.lead(z, past, sheet, ago, controls) for steps in (exact, TorchSteps(model)))
    assert ours.shape == z.shape and difference(ours, theirs) < 1e-5
    assert (difference(theirs, z) > 1e-3) == bool(controls.follow or (controls.recall and frames > 14))


@pytest.mark.parametrize("sampler", ["consistency", "trigflow"])
def test_heads_are_torchs(model, exact, latents, sampler):
    z = heard_z(model, latents)
    ours, theirs = (steps.field(sampler, z) for steps in (exact, TorchSteps(model)))
    for t in (0.0, 0.4, torch.pi / 2):
        times = torch.full((BATCH,), t)
        assert difference(ours(latents[:, 0], times), theirs(latents[:, 0], times)) < 1e-3


def heard_z(model, latents):
    return model.calm.context(latents[:, :1], heard(model, latents))[:, 0]


def test_heads_are_two(model, exact, latents):
    z, x, t = heard_z(model, latents), latents[:, 0], torch.ones(BATCH)
    assert difference(exact.field("consistency", z)(x, t), exact.field("trigflow", z)(x, t)) > 1e-3


def test_decoder_speaks_as_torch_does_frame_by_frame(model, exact, latents):
    """From the same state each time: where two bins are equally loud, the last bit says which of them leads the
    phases, so two runs part in phase, as any two would."""
    state, loudest = model.vae.initial_decoder_state(BATCH), 0.0
    for latent in latents.split(1, dim=1):
        ours, after = exact.decode(latent, state)
        theirs, state = model.vae.decode(latent, state)
        loudest = max(loudest, theirs.abs().max().item())
        assert difference(ours, theirs) < 1e-3 * loudest
        for mine, other in zip(after.frames + after.hops, state.frames + state.hops, strict=True):
            assert difference(mine, other) < 1e-3


def test_a_voice_that_is_not_converted_is_torchs():
    shape = TransformerConfig(width=16, layers=1, heads=2, window=8)
    vae = WaveformConfig(ratios=(4, 2), latent_dim=8, channels=4, transformer=shape)
    model = Model(replace(TINY, vae=vae)).eval().requires_grad_(False)
    model.info = {"sha256": ""}
    steps, latent = onnx_steps("onnxruntime int8", model, quiet), torch.ones(2, 1, 8)
    audio, _ = steps.decode(latent, model.vae.initial_decoder_state(2))
    assert torch.equal(audio, model.vae.decode(latent, model.vae.initial_decoder_state(2))[0])


def test_a_batch_is_what_its_takes_are_alone(model, exact, rounded, latents):
    for steps in (exact, rounded):
        together = contexts(steps, latents[:, :20], heard(model, latents))
        z, x, t = together[:, -1], latents[:, 0], torch.ones(BATCH)
        velocity = steps.field("consistency", z)(x, t)
        audio, _ = steps.decode(latents[:, :1], model.vae.initial_decoder_state(BATCH))
        for item in range(BATCH):
            one = slice(item, item + 1)
            alone = contexts(steps, latents[one, :20], heard(model, latents[one]))
            assert difference(alone, together[one]) < 1e-4
            assert difference(steps.field("consistency", z[one])(x[one], t[one]), velocity[one]) < 1e-4
            spoken, _ = steps.decode(latents[one, :1], model.vae.initial_decoder_state(1))
            assert difference(spoken, audio[one]) < 1e-4 * audio.abs().max()


def test_int8_stays_within_two_percent(model, rounded, latents):
    """Root mean square of what it is off by, of that of what it should be: a hundredth and less is usual."""
    z, expected = (
        contexts(steps, latents, heard(model, latents)) for steps in (rounded, TorchSteps(model))
    )  # fmt: skip
    assert 0 < (z - expected).norm() < 0.02 * expected.norm()
    x, t = latents[:, 0], torch.ones(BATCH)
    ours, theirs = (steps.field("consistency", expected[:, -1])(x, t) for steps in (rounded, TorchSteps(model)))
    assert 0 < (ours - theirs).norm() < 0.02 * theirs.norm()


def test_int8_keeps_the_levels_within_a_tenth_of_a_decibel(model, rounded, latents):
    """Sound is compared by the power of a frame: its phases part."""
    state = model.vae.initial_decoder_state(BATCH)
    for latent in latents[:, :20].split(1, dim=1):
        ours, _ = rounded.decode(latent, state)
        theirs, state = model.vae.decode(latent, state)
    powers = [10 * audio.square().mean((1, 2)).log10() for audio in (ours, theirs)]
    assert difference(*powers) < 0.1
