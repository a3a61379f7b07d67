"""The scores of draws are least where the draws are as what really follows."""

import pytest
import torch

from engine.train.evaluate_draws import DRAWS, row

FRAMES, DIM = 2000, 8


def drawn(mean=0.0, deviation=1.0):
    return mean + deviation * torch.randn(FRAMES, DRAWS, DIM)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_draws_like_the_truth_are_the_best():
    truth, finest = torch.randn(FRAMES, DIM), drawn()
    like = row(drawn(), truth, finest)
    assert like["distance"] == pytest.approx(0, abs=0.01)
    assert like["variance"] == pytest.approx(1, abs=0.02)
    assert like["mean_error"] == pytest.approx(1 + 1 / DRAWS, abs=0.05)
    for other in (drawn(deviation=0.6), drawn(deviation=1.5), drawn(mean=0.5)):
        worse = row(other, truth, finest)
        assert worse["score"] > like["score"] + 0.03
        assert worse["distance"] > 0.05


def test_draws_that_are_all_the_same_have_the_distance_of_a_point():
    point = torch.zeros(FRAMES, 1, DIM).expand(-1, DRAWS, -1)
    truth = torch.randn(FRAMES, DIM)
    found = row(point, truth, point)
    assert found["score"] == pytest.approx(truth.norm(dim=1).mean().item(), rel=1e-4)
    assert found["distance"] == pytest.approx(0, abs=1e-4)
    assert found["variance"] == 0
