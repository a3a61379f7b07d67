"""The functions that become CUDA graphs against torch: carried out unrecorded on the CPU and, where there is a GPU, on
that too, recorded."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.config import TINY, TransformerConfig, WaveformConfig
from engine.fast.cuda import CudaSteps, Recorded
from engine.model.calm import Model
from engine.steps import TorchSteps
from engine.weights import random_model
from tests.engine.takes import made

HEARD = 80  # at once, before the first frame; the ring of the tiny model has 24 + 64 slots, so it wraps soon after
FRAMES = 20
DEVICES = ["cpu", *["cuda"] * torch.cuda.is_available()]


@pytest.fixture(scope="module", params=DEVICES)
def model(request):
    return random_model("tiny", device=torch.device(request.param))


@pytest.fixture
def steps(model):
    return CudaSteps(model, torch.float32)


@pytest.fixture(autouse=True)
def inference():
    with torch.inference_mode():
        yield


def latents(model, count: int, batch: int = 1, seed: int = 1) -> torch.Tensor:
    shape = (count, batch, 1, model.config.vae.latent_dim)
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(model.device)


def begun(model, batch: int = 1, seed: int = 9):
    """The state after HEARD frames."""
    _, state = model.calm.begin(batch)
    model.calm.context(latents(model, HEARD, batch, seed)[:, :, 0].transpose(0, 1), state)
    return state


def written(steps, state, inputs) -> torch.Tensor:
    """Z of every input."""
    return torch.stack([steps.context(latent, state) for latent in inputs])


def same(left: torch.Tensor, right: torch.Tensor) -> bool:
    return torch.allclose(left, right, atol=1e-4, rtol=0)


@pytest.mark.parametrize("batch", [1, 3])
def test_contexts_are_those_of_torch_also_past_the_ring(model, steps, batch):
    inputs, slow, fast = latents(model, FRAMES, batch), begun(model, batch), begun(model, batch)
    assert same(written(steps, fast, inputs), written(TorchSteps(model), slow, inputs))
    assert fast.position == slow.position == 1 + HEARD + FRAMES


def test_a_beginning_sees_nothing_before_it(model, steps):
    inputs = latents(model, FRAMES)
    (_, slow), (_, fast) = model.calm.begin(), model.calm.begin()
    assert same(written(steps, fast, inputs), written(TorchSteps(model), slow, inputs))


def test_a_state_that_went_back_writes_the_same_again(model, steps):
    inputs, state = latents(model, FRAMES), begun(model)
    first = written(steps, state, inputs)
    state.rewind(FRAMES - 5)
    assert torch.equal(written(steps, state, inputs[5:]), first[5:])


def test_states_that_take_turns_do_not_mix(model, steps):
    inputs = [latents(model, 6, seed=seed) for seed in (1, 2)]
    alone = [written(steps, begun(model, seed=seed), of) for seed, of in enumerate(inputs)]
    states = [begun(model, seed=seed) for seed in range(2)]
    turns = [[written(steps, state, of[n : n + 1]) for state, of in zip(states, inputs, strict=True)] for n in range(6)]
    for one, in_turn in zip(alone, zip(*turns, strict=True), strict=True):
        assert torch.equal(torch.cat(in_turn), one)


def test_a_copy_goes_its_own_way(model, steps):
    inputs, state = latents(model, 8), begun(model)
    written(steps, state, inputs[:4])
    fork = state.copy()
    other = written(steps, fork, -inputs[4:])
    mine = written(steps, state, inputs[4:])
    whole = written(steps, begun(model), torch.cat([inputs[:4], -inputs[4:]]))
    assert torch.equal(other, whole[4:])
    assert not same(mine, other)


@pytest.mark.parametrize("sampler", ["consistency", "trigflow"])
def test_heads_are_those_of_torch(model, steps, sampler):
    generator = torch.Generator().manual_seed(2)
    for batch in (1, 3, 1):
        x = torch.randn(batch, model.config.vae.latent_dim, generator=generator).to(model.device)
        z = torch.randn(batch, model.config.backbone.width, generator=generator).to(model.device)
        t = torch.rand(batch).to(model.device)
        assert same(steps.field(sampler, z)(x, t), TorchSteps(model).field(sampler, z)(x, t))


@pytest.mark.parametrize("batch", [1, 2])
def test_sound_is_that_of_torch(model, steps, batch):
    slow = fast = model.vae.initial_decoder_state(batch)
    for latent in latents(model, 12, batch):
        expected, slow = TorchSteps(model).decode(latent, slow)
        heard, fast = steps.decode(latent, fast)
        assert same(heard, expected)
    assert expected.abs().max() > 1e-3


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("batch", [1, 2])
def test_the_waveform_of_the_papers_vae_is_that_of_torch_also_past_its_ring(device, batch):
    shape = TransformerConfig(width=16, layers=2, heads=2, window=8)
    vae = WaveformConfig(ratios=(4, 2), latent_dim=8, channels=4, transformer=shape)
    model = Model(replace(TINY, vae=vae)).to(device).eval().requires_grad_(False)
    steps, states = CudaSteps(model, torch.float32), []
    slow = fast = model.vae.initial_decoder_state(batch)
    for latent in latents(model, 80, batch):
        states.append(fast)
        expected, slow = model.vae.decode(latent, slow)
        heard, fast = steps.decode(latent, fast)
        assert same(heard, expected)
    assert expected.abs().max() > 1e-3
    assert torch.equal(steps.decode(latent, states[-1])[0], heard), "a state is a value"


def test_the_vocoder_waits_until_the_next_context_was_begun(model, steps, monkeypatch):
    order, speak, context = [], model.vae.speak, steps.context
    monkeypatch.setattr(model, "steps", steps)
    monkeypatch.setattr(model.vae, "speak", lambda *parts: order.append("vocoder") or speak(*parts))
    monkeypatch.setattr(steps, "context", lambda *parts: order.append("context") or context(*parts))
    made(model, seconds=0.2)
    assert order[:4] == ["context", "vocoder"] * 2


def test_what_was_begun_is_what_decode_gives_whatever_comes_between(model, steps):
    inputs, voice, state = latents(model, 2, 2), model.vae.initial_decoder_state(2), begun(model, 2)
    expected, _ = steps.decode(inputs[0], voice)
    rest = steps.begin_decoding(inputs[0], voice)
    steps.decode(inputs[1], voice)
    steps.context(inputs[1], state)
    assert torch.equal(rest()[0], expected)


def test_in_bfloat16_it_is_near_and_the_model_stays_as_it_was(model):
    steps, inputs = CudaSteps(model), latents(model, FRAMES)
    exact, near = written(TorchSteps(model), begun(model), inputs), written(steps, begun(model), inputs)
    assert near.dtype == torch.float32
    assert 0 < (near - exact).norm() / exact.norm() < 0.02
    z, x, t = exact[-1, :, 0], inputs[-1, :, 0], torch.tensor([1.5], device=model.device)
    near, exact = steps.field("trigflow", z)(x, t), TorchSteps(model).field("trigflow", z)(x, t)
    assert 0 < (near - exact).norm() / exact.norm() < 0.05
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


@pytest.mark.parametrize("device", DEVICES)
def test_what_is_recorded_takes_its_inputs_afresh(device):
    ones = torch.ones(3, device=device)
    twice = Recorded(lambda x: 2 * x, (ones,))
    first, second = twice(ones), twice(5 * ones)
    assert first.tolist() == [2, 2, 2]
    assert second.tolist() == [10, 10, 10]


def test_a_take_written_with_it_is_torchs(model, steps, monkeypatch):
    slow = made(model).samples
    monkeypatch.setattr(model, "steps", steps)
    assert np.abs(made(model).samples - slow).max() < 1e-3
