"""Muon against torch's own, and what it makes of a matrix."""

import copy

import pytest
import torch
from torch import nn

from engine.train import muon
from engine.train.muon import Muon, orthogonal


def drawn(rows, columns, seed=0):
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(24, 96), (96, 24), (40, 40)])
def test_singular_values_come_near_one_and_directions_stay(shape):
    matrix = drawn(*shape) @ torch.diag(torch.linspace(0.2, 5, shape[1]))
    near = orthogonal(matrix)
    values = torch.linalg.svdvals(near.float())
    assert near.shape == matrix.shape and values.max() < 1.3
    assert values.median() == pytest.approx(1, abs=0.3)
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    assert (near * (left @ right)).sum() > 0.95 * near.norm() * (left @ right).norm()


def test_a_gradient_of_zero_moves_nothing_but_by_decay():
    matrix = nn.Parameter(drawn(8, 8))
    before, matrix.grad = matrix.detach().clone(), torch.zeros(8, 8)
    Muon([matrix], lr=0.5, weight_decay=0.1).step()
    assert torch.allclose(matrix, 0.95 * before)


@pytest.mark.parametrize("bfloat16", [True, False])
def test_it_goes_where_torchs_goes(monkeypatch, bfloat16):
    monkeypatch.setattr(muon, "has_bfloat16", lambda: bfloat16)
    mine, theirs = (nn.Parameter(drawn(32, 64)) for _ in range(2))
    one = Muon([mine], lr=0.02)
    other = torch.optim.Muon([theirs], lr=0.02, weight_decay=0.1, momentum=0.95, adjust_lr_fn="match_rms_adamw")
    for step in range(5):
        mine.grad = theirs.grad = drawn(32, 64, seed=1 + step)
        one.step()
        other.step()
    moved = (theirs - drawn(32, 64)).norm()
    assert 0 < (mine - theirs).norm() < 0.02 * moved


def test_what_it_remembers_is_restored():
    first, again = (nn.Parameter(drawn(8, 16)) for _ in range(2))
    one, other = Muon([first], lr=0.1), Muon([again], lr=0.1)
    first.grad = drawn(8, 16, seed=1)
    one.step()
    again.data.copy_(first.data)
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    first.grad = again.grad = drawn(8, 16, seed=2)
    one.step()
    other.step()
    assert torch.equal(first, again)
