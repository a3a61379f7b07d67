"""The language model: streaming equals one pass, nothing sees ahead, the short context sees exactly K latents."""

import pytest
import torch

from engine.config import TINY
from engine.model.attention import SPARE, rotary, rotate
from engine.model.backbone import inject_noise
from engine.model.short_context import layer_windows
from engine.weights import random_model

LENGTH = 60  # more than twice the backbone's window: the ring has wrapped


@pytest.fixture(scope="module")
def calm():
    return random_model("tiny").calm.double()


@pytest.fixture(scope="module")
def latents():
    return torch.randn(2, LENGTH, TINY.vae.latent_dim, generator=torch.Generator().manual_seed(1)).double()


def streamed(calm, latents, chunks):
    state = calm.initial_state(len(latents))
    return torch.cat([calm.context(chunk, state) for chunk in latents.split(chunks, dim=1)], dim=1)


@pytest.mark.parametrize("chunks", [[1] * LENGTH, [40, *[1] * 20], [1, 7, 30, 1, 1, 20], [59, 1]], ids=str)
def test_streaming_equals_one_pass(calm, latents, chunks):
    offline = calm.backbone(latents) + calm.short_context(latents)
    assert torch.allclose(streamed(calm, latents, chunks), offline, atol=1e-6)


def test_new_input_never_changes_past_output(calm, latents):
    changed = latents.clone()
    changed[:, 30:] += 1
    before, after = streamed(calm, latents, [LENGTH]), streamed(calm, changed, [LENGTH])
    assert torch.equal(before[:, :30], after[:, :30])
    assert not torch.allclose(before[:, 30], after[:, 30])


def influenced(module, latents, position):
    """Output positions that depend on the input at ``position``."""
    changed = latents.clone()
    changed[:, position] += 1
    return (module(changed) - module(latents)).abs().sum((0, 2)).nonzero().flatten().tolist()


def test_short_context_sees_exactly_its_window(calm, latents):
    assert influenced(calm.short_context, latents, 20) == list(range(20, 20 + TINY.short_context.window))


def test_backbone_layer_forgets_what_left_its_window(calm, latents):
    first = calm.backbone.transformer.layers[0]
    turn = tuple(part.double() for part in rotary(torch.arange(LENGTH), TINY.backbone.width // TINY.backbone.heads))
    embedded = calm.backbone.embed(latents)
    assert influenced(lambda x: first(x, turn, 0, None), embedded, 5) == list(range(5, 5 + TINY.backbone.window))


@pytest.mark.parametrize(("window", "layers", "windows"), [(10, 4, [4, 3, 3, 3]), (10, 2, [6, 5]), (10, 9, [2] * 9)])
def test_layer_windows_reach_k_together(window, layers, windows):
    assert layer_windows(window, layers) == windows


def test_rotary_attention_depends_on_distance_only():
    q, k = torch.randn(2, 1, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def product(i, j):
        at = rotary(torch.tensor([i, j]), 8)
        turned = rotate(torch.cat([q, k]), at[0].double(), at[1].double())
        return (turned[0] * turned[1]).sum().item()

    assert product(3, 1) == pytest.approx(product(103, 101), abs=1e-4)
    assert product(3, 1) != pytest.approx(product(3, 2), abs=1e-4)


def test_noise_injection_keeps_the_variance():
    torch.manual_seed(0)
    noised = inject_noise(torch.randn(64, 500, 8))
    assert noised.var().item() == pytest.approx(1, abs=0.03)


def test_noise_reaches_the_backbone_only_in_training(calm, latents):
    bos = calm.backbone.bos.expand(2, 1, -1)
    shifted = torch.cat([bos, latents[:, :-1]], dim=1)
    clean = calm.backbone(shifted) + calm.short_context(shifted)
    first, second = calm.teacher_forced(latents, noise=True), calm.teacher_forced(latents, noise=True)
    assert torch.equal(calm.teacher_forced(latents, noise=False), clean)
    assert torch.allclose(first[:, 0], clean[:, 0])
    assert not torch.allclose(first[:, 1:], clean[:, 1:]) and not torch.allclose(first[:, 1:], second[:, 1:])


def test_generation_starts_where_training_does(calm, latents):
    z, state = calm.begin(2)
    shifted = torch.cat([calm.backbone.bos.expand(2, 1, -1), latents[:, :3]], dim=1)
    offline = calm.backbone(shifted) + calm.short_context(shifted)
    assert torch.allclose(torch.cat([z, calm.context(latents[:, :3], state)], dim=1), offline, atol=1e-6)


def test_copied_state_goes_its_own_way(calm, latents):
    _, state = calm.begin(2)
    calm.context(latents[:, :40], state)
    fork = state.copy()
    expected = calm.context(latents[:, 40:50], fork.copy())
    calm.context(-latents[:, 40:60], state)
    assert torch.equal(calm.context(latents[:, 40:50], fork), expected)


def test_normalise_and_back(calm, latents):
    calm.latent_mean.fill_(0.3)
    calm.latent_std.fill_(2.0)
    assert torch.allclose(calm.denormalise(calm.normalise(latents)), latents)
    calm.latent_mean.fill_(0.0)
    calm.latent_std.fill_(1.0)


def test_rewound_state_is_as_if_it_had_not_gone_on(calm, latents):
    for heard in (10, 40):  # before and after the window is full
        _, state = calm.begin(2)
        calm.context(latents[:, :heard], state)
        expected = streamed_from(calm, latents, state.copy(), SPARE)
        streamed_from(calm, -latents, state, SPARE)
        assert state.position == heard + SPARE + 1
        state.rewind(SPARE)
        assert state.position == heard + 1
        assert torch.equal(streamed_from(calm, latents, state, SPARE), expected)


def streamed_from(calm, latents, state, count):
    frames = latents.repeat(1, 2, 1)[:, :count]
    return torch.cat([calm.context(frame, state) for frame in frames.split(1, dim=1)], dim=1)


@pytest.mark.parametrize("frames", [-1, SPARE + 1, 999])
def test_a_state_says_when_it_cannot_go_back(calm, latents, frames):
    _, state = calm.begin(2)
    calm.context(latents.repeat(1, 2, 1), state)
    with pytest.raises(ValueError, match=f"{frames} inputs"):
        state.rewind(frames)
    assert state.position == 2 * LENGTH + 1 == state.short.position
