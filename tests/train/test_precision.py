"""Training multiplies in bfloat16 only where the device does so itself."""

import pytest
import torch

from engine.train import precision
from engine.train.precision import mixed


@pytest.mark.parametrize(("able", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_a_cpu_is_asked_whether_it_has_bfloat16(monkeypatch, able, expected):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: able)
    with mixed():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == expected


def test_here_it_is_what_this_cpu_says():
    with mixed():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if precision.has_bfloat16() else torch.float32)
