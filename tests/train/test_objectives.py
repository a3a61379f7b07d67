"""The losses learn a two-dimensional mixture, which an x0 error dressed up as consistency does not (it learns the
mean)."""

import pytest
import torch
from torch import nn

from engine.sampling import consistency, trigflow
from engine.train.objectives import LossWeight, consistency_loss, draw_times, noised, trigflow_loss
from engine.train.trajectories import TEMPERATURES, endpoint_loss, reached, solved

MODES = 0.9 * torch.tensor([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
STEPS = 500


def mixture(count):
    return MODES[torch.randint(4, (count,))] + 0.2 * torch.randn(count, 2)


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(6, 96), nn.SiLU(), nn.Linear(96, 96), nn.SiLU(), nn.Linear(96, 2))

    def forward(self, x, t):
        t = t.unsqueeze(-1)
        return self.mlp(torch.cat([x, t.cos(), t.sin(), (2 * t).cos(), (2 * t).sin()], dim=-1))


def x0_error(field, weight, x0, t, ramp):
    x_t, _ = noised(x0, t)
    f = t.cos().unsqueeze(-1) * x_t - t.sin().unsqueeze(-1) * field(x_t, t)
    return (f - x0).square().mean(), None


def trained(loss):
    torch.manual_seed(0)
    field, weight = Field(), LossWeight()
    optimizer = torch.optim.Adam([*field.parameters(), *weight.parameters()], 3e-3)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = 3e-3 * (1 - step / STEPS) + 1e-5
        value, _ = loss(field, weight, mixture(384), step / STEPS)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    return field.requires_grad_(False)


def energy_distance(a, b):
    return (2 * torch.cdist(a, b).mean() - torch.cdist(a, a).mean() - torch.cdist(b, b).mean()).item()


def distance(field, sampler, steps):
    torch.manual_seed(1)
    return energy_distance(sampler(field, lambda: torch.randn(1500, 2), steps, 1.0), mixture(1500))


@pytest.fixture(scope="module")
def flow():
    return trained(lambda field, weight, x, r: trigflow_loss(field, weight, x, draw_times(x)))


def test_trigflow_learns_the_mixture_in_many_steps_but_not_in_one(flow):
    assert distance(flow, trigflow, 100) < 0.02
    assert distance(flow, consistency, 1) > 0.3


def test_consistency_from_scratch_learns_it_in_one_step_and_the_x0_error_does_not():
    def times(x):
        return draw_times(x, 0.0, 1.6)

    real = trained(lambda field, weight, x, r: consistency_loss(field, weight, x, times(x), min(1.0, 3 * r)))
    fake = trained(lambda field, weight, x, r: x0_error(field, weight, x, times(x), r))
    assert distance(real, consistency, 1) < 0.08
    assert distance(real, consistency, 4) < 0.08
    assert distance(fake, consistency, 1) > 0.3


def test_consistency_distilled_from_trigflow_learns_it_in_one_step(flow):
    def loss(field, weight, x, r):
        return consistency_loss(field, weight, x, draw_times(x, 0.0, 1.6), min(1.0, 3 * r), teacher=flow)

    assert distance(trained(loss), consistency, 1) < 0.08


def test_the_ends_of_trajectories_are_learned_in_one_step(flow):
    def loss(field, weight, x, r):
        with torch.no_grad():
            trajectories = solved(flow, *reached(field, x))
        return endpoint_loss(field, trajectories, 4)

    student = trained(loss)
    assert distance(student, consistency, 1) < 0.08
    assert distance(student, consistency, 4) < 0.08


def test_trajectories_end_where_many_small_steps_end(flow):
    torch.manual_seed(0)
    start = torch.randn(500, 2)
    found = solved(flow, start, torch.pi / 2)
    fine = trigflow(flow, lambda: start, 400, 1.0)
    coarse = trigflow(flow, lambda: start, len(found.t), 1.0)
    assert (found.end - fine).norm(dim=1).median() < 0.25 * (coarse - fine).norm(dim=1).median()


def test_a_trajectory_from_a_point_of_another_ends_where_that_ends(flow):
    torch.manual_seed(0)
    whole = solved(flow, torch.randn(500, 2), torch.pi / 2)
    rest = solved(flow, whole.x[6], whole.t[6].item())
    assert (rest.end - whole.end).norm(dim=1).median() < 0.1 * (rest.x[0] - whole.end).norm(dim=1).median()


def test_trajectories_fall_to_zero_at_other_times_in_each_call(flow):
    torch.manual_seed(0)
    found, other = (solved(flow, torch.randn(500, 2), torch.pi / 2) for _ in range(2))
    assert found.t[0].item() == pytest.approx(torch.pi / 2)
    assert (found.t.diff() < 0).all() and found.t[-1] > 0
    assert not torch.equal(found.t[1:], other.t[1:])


def test_half_of_the_points_reached_are_noise_of_every_temperature_and_the_others_lie_on_the_samplers_times(flow):
    torch.manual_seed(0)
    points = [reached(flow, torch.zeros(2_000, 2)) for _ in range(200)]
    times = {round(t / (torch.pi / 2), 4) for _, t in points}
    noise = torch.stack([x for x, t in points if t == torch.pi / 2])
    assert times == {round(step / steps, 4) for steps in range(1, 5) for step in range(1, steps + 1)}
    assert 80 < len(noise) < 130
    low, high = TEMPERATURES
    assert noise.square().mean().item() == pytest.approx((low + high) / 2, rel=0.02)


def test_loss_weight_learns_the_log_of_the_error():
    torch.manual_seed(0)
    weight = LossWeight()
    optimizer = torch.optim.Adam(weight.parameters(), 0.03)
    for _ in range(400):
        t = draw_times(torch.zeros(256, 1))
        w = weight(t)
        loss = (w.exp() * (0.1 + t) - w).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    t = torch.tensor([0.3, 0.8, 1.2])
    assert torch.allclose((-weight(t)).exp(), 0.1 + t, rtol=0.2)


def test_times_stay_off_both_ends():
    t = draw_times(torch.zeros(20_000, 1), 0.0, 5.0)
    assert 0 < t.min() and t.max() < torch.pi / 2
    assert draw_times(torch.zeros(20_000, 1)).tan().log().median().item() == pytest.approx(-0.3, abs=0.05)
