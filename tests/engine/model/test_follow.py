"""Z is bent by what is told, frame by frame, and by nothing when nothing is told."""

import pytest
import torch

from engine.music.leadsheet import CHORD, FEATURES, KEY, without_harmony
from engine.weights import random_model


@pytest.fixture(scope="module")
def follow():
    return random_model("tiny").calm.follow.double()


@pytest.fixture(scope="module")
def z_and_sheet():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, 9, 32, generator=generator).double(), torch.rand(2, 9, FEATURES, generator=generator).double()


def test_nothing_told_changes_nothing(follow, z_and_sheet):
    z, sheet = z_and_sheet
    assert torch.equal(follow(z, torch.zeros_like(sheet), 3.0), z)
    assert torch.equal(follow(z, sheet, 0.0), z) and not torch.allclose(follow(z, sheet), z)


def test_strength_scales_the_change(follow, z_and_sheet):
    z, sheet = z_and_sheet
    assert torch.allclose(follow(z, sheet, 3.0) - z, 3 * (follow(z, sheet) - z))
    each = torch.tensor([1.0, 2.0]).double()[:, None, None]
    assert torch.allclose(follow(z, sheet, each)[1], follow(z, sheet, 2.0)[1])


def test_what_is_told_of_a_frame_changes_that_frame_alone(follow, z_and_sheet):
    z, sheet = z_and_sheet
    changed = sheet.clone()
    changed[:, 4] = 1 - changed[:, 4]
    moved = (follow(z, changed) - follow(z, sheet)).abs().sum((0, 2)).nonzero().flatten()
    assert moved.tolist() == [4]


def test_the_change_depends_on_what_was_heard(follow, z_and_sheet):
    z, sheet = z_and_sheet
    assert not torch.allclose(follow(z, sheet) - z, follow(z.flip(1), sheet) - z.flip(1))


def test_chords_can_be_followed_more_firmly_than_the_rest(follow, z_and_sheet):
    z, sheet = z_and_sheet
    rest, whole = follow(z, without_harmony(sheet)) - z, follow(z, sheet) - z
    assert torch.allclose(follow(z, sheet, 3.0, 7.0) - z, 3 * rest + 7 * (whole - rest))
    assert torch.equal(follow(z, sheet, 3.0, 3.0), follow(z, sheet, 3.0))
    neither = without_harmony(without_harmony(sheet))
    assert torch.equal(follow(z, neither, 3.0, 7.0), follow(z, neither, 3.0))


def test_where_no_chord_is_told_the_key_is_followed_as_firmly(follow, z_and_sheet):
    z, sheet = z_and_sheet
    sheet = sheet.round()
    free = sheet.clone()
    free[..., CHORD] = 0
    keyless = free.clone()
    keyless[..., KEY] = 0
    rest, whole = follow(z, keyless) - z, follow(z, free) - z
    assert torch.allclose(follow(z, free, 3.0, 7.0) - z, 3 * rest + 7 * (whole - rest))
    sheet[..., CHORD.start] = 1
    assert torch.equal(without_harmony(sheet)[..., KEY], sheet[..., KEY]), "beside a chord it belongs to the rest"
