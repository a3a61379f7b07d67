"""Samplers against fields whose answer is known in closed form."""

import math

import pytest
import torch

from engine.sampling import SAMPLERS, consistency, frame_noise, trigflow

TARGET = torch.tensor([[0.7, -1.2, 0.1]])


def field_to_a_point(x, t):
    """The exact F when all data are TARGET: the velocity of the one path through (x, t)."""
    c, s = t.cos().unsqueeze(-1), t.sin().unsqueeze(-1)
    return (c * x - TARGET) / s


def field_of_a_gaussian(std):
    """The exact velocity of the probability flow when data are N(0, std^2): x_t = sqrt(c^2 std^2 + s^2) * constant."""

    def field(x, t):
        c, s = t.cos().unsqueeze(-1), t.sin().unsqueeze(-1)
        return c * s * (1 - std**2) / (c**2 * std**2 + s**2) * x

    return field


def normals(seed=0, shape=(1, 3)):
    generator = torch.Generator().manual_seed(seed)
    return lambda: torch.randn(shape, generator=generator)


@pytest.mark.parametrize("steps", [1, 2, 4, 7])
def test_consistency_lands_on_the_point(steps):
    assert torch.allclose(consistency(field_to_a_point, normals(), steps, 1.0), TARGET, atol=1e-5)


@pytest.mark.parametrize("steps", [1, 10, 100])
def test_trigflow_lands_on_the_point(steps):
    assert torch.allclose(trigflow(field_to_a_point, normals(), steps, 1.0), TARGET, atol=1e-5)


def test_trigflow_converges_to_the_variance_of_the_data_with_steps():
    errors = [
        abs(trigflow(field_of_a_gaussian(0.5), normals(shape=(4000, 1)), n, 1.0).std().item() - 0.5)
        for n in (2, 10, 100)
    ]
    assert errors[0] > errors[1] > errors[2] and errors[2] < 0.02


def test_temperature_scales_the_variance_of_the_noise():
    zero = lambda x, t: torch.zeros_like(x)  # noqa: E731
    spread = [trigflow(zero, normals(shape=(4000, 1)), 1, T) for T in (0.25, 1.0)]
    assert torch.allclose(spread[0] * 2, spread[1], atol=1e-6)
    seen = []
    consistency(lambda x, t: seen.append(x) or torch.zeros_like(x), normals(shape=(20000, 1)), 2, 0.49)
    assert seen[0].std().item() == pytest.approx(0.7, abs=0.02)
    assert seen[1].std().item() == pytest.approx(0.7 * math.sin(math.pi / 4), abs=0.02)


@pytest.mark.parametrize("name", SAMPLERS)
def test_temperature_zero_is_deterministic(name):
    results = [SAMPLERS[name](lambda x, t: 0.3 * x + t[:, None], normals(seed), 4, 0.0) for seed in (1, 2)]
    assert torch.equal(*results)


def test_consistency_calls_the_head_once_per_step_at_falling_times():
    times = []
    consistency(lambda x, t: times.append(t.item()) or torch.zeros_like(x), normals(), 4, 1.0)
    assert times == pytest.approx([math.pi / 2 * k for k in (1, 0.75, 0.5, 0.25)])


def test_frame_noise_depends_on_seed_and_frame_alone():
    cpu = torch.device("cpu")
    first = frame_noise(7, 3, (1, 4), cpu)
    a, b = first(), first()
    again = frame_noise(7, 3, (1, 4), cpu)
    assert torch.equal(a, again()) and torch.equal(b, again())
    others = [frame_noise(seed, frame, (1, 4), cpu)() for seed, frame in ((7, 4), (8, 3), (2**63 - 1, 3))]
    assert not any(torch.equal(a, other) for other in [*others, b])


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_temperature_for_each_row_gives_the_bits_of_that_temperature(name):
    temperatures = [0.0, 0.3, 0.8, 1.7]
    field = lambda x, t: 0.3 * x + t[:, None]  # noqa: E731
    rows = SAMPLERS[name](field, normals(1, (4, 3)), 4, torch.tensor(temperatures, dtype=torch.float64).unsqueeze(1))
    for row, temperature in enumerate(temperatures):
        assert torch.equal(rows[row], SAMPLERS[name](field, normals(1, (4, 3)), 4, temperature)[row])
