"""What was written some bars ago is found, and bends the Z of its frame alone."""

import pytest
import torch

from engine.model.recall import recalled
from engine.music.bars_ago import BARS, FIELDS, recall_features
from engine.weights import random_model

NOWHERE = torch.tensor([torch.nan, 1.0, -1.0])
OTHERS = 4


@pytest.fixture
def past():
    """Ten frames of two latents, which tell their numbers."""
    return torch.arange(10.0).view(1, 10, 1) + torch.tensor([0.0, 100.0])


def told(past, frame, *places):
    """What is recalled at BARS places, of which the rest are unknown: (BARS, features)."""
    ago = torch.stack([torch.tensor(place) for place in places] + [NOWHERE] * (len(BARS) - len(places)))
    return recalled(past, torch.tensor([frame]), ago.expand(len(past), 1, len(BARS), FIELDS)).view(len(BARS), -1)


def test_the_frames_around_a_place_are_recalled(past):
    there = told(past, 10, (4.0, 1.0, -1.0))[0]
    assert there[:OTHERS].tolist() == [1.0, 0.0, 1.0, -1.0]
    assert there[OTHERS:].tolist() == [5.0, 105.0, 6.0, 106.0, 7.0, 107.0]


def test_a_place_between_two_frames_says_how_far(past):
    there = told(past, 10, (4.3, 0.0, 0.0))[0]
    assert there[1] == pytest.approx(-0.3) and there[OTHERS + 2] == 6.0


@pytest.mark.parametrize("ago", [torch.nan, 10.0, 11.0, 1.0, 0.0, -3.0])
def test_of_what_is_unknown_too_long_ago_or_to_come_nothing_is_told(past, ago):
    assert not told(past, 10, (ago, 1.0, 1.0)).any()


def test_before_anything_was_written_nothing_is_recalled(past):
    assert not told(past[:, :0], 0, (3.0, 1.0, 1.0)).any()


def test_each_row_and_frame_has_its_own_places():
    past = torch.randn(2, 30, 8)
    ago = 3 + torch.rand(2, 30, len(BARS), FIELDS) * 20
    whole = recalled(past, torch.arange(30), ago)
    assert whole.shape == (2, 30, recall_features(8))
    for frame in (0, 7, 29):  # as it is in use, frame by frame
        alone = recalled(past[:, :frame], torch.tensor([frame]), ago[:, frame : frame + 1])
        assert torch.equal(alone[:, 0], whole[:, frame])


def test_z_is_bent_by_what_is_recalled_and_not_by_nothing():
    recall, z = random_model("tiny").calm.recall, torch.randn(1, 5, 32)
    there = torch.randn(1, 5, recall_features(8))
    there[:, 2] = 0
    moved = recall(z, there) - z
    assert torch.equal(moved, recall.shift(z, there) + z - z)
    assert not moved[:, 2].any() and moved[:, [0, 1, 3, 4]].abs().amin(-1).shape == (1, 4)
    assert (moved[:, [0, 1, 3, 4]].norm(dim=-1) > 0).all()
