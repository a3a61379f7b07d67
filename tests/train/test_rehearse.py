"""The student's own contexts: they begin as the song does, and then they are its own."""

import pytest
import torch

from engine.controls import MAX_FOLLOW
from engine.music.leadsheet import FEATURES
from engine.train.rehearse import PROMPT_FRAMES, Frames, read, rehearse
from engine.weights import random_model

CROPS, LENGTH = 3, PROMPT_FRAMES + 10


@pytest.fixture(scope="module")
def calm():
    return random_model("tiny").calm


@pytest.fixture(scope="module")
def song():
    generator = torch.Generator().manual_seed(0)
    return torch.randn(CROPS, LENGTH, 8, generator=generator), torch.rand(CROPS, LENGTH, FEATURES, generator=generator)


def test_every_frame_of_a_song_is_read_with_its_context(calm, song):
    frames = read(calm, *song)
    assert frames.z.shape == (CROPS * LENGTH, 32) and torch.equal(frames.x0, song[0].flatten(0, 1))


def test_the_first_context_is_the_songs_own_and_the_rest_depend_on_the_draws(calm, song):
    torch.manual_seed(0)
    first, second = rehearse(calm, *song), rehearse(calm, *song)
    assert first.z.shape == (CROPS * (LENGTH - PROMPT_FRAMES), 32) and first.x0.shape == (len(first.z), 8)
    truth = calm.teacher_forced(song[0], noise=False)[:, PROMPT_FRAMES]
    bent = calm.follow(truth, song[1][:, PROMPT_FRAMES])
    along = ((first.z[:CROPS] - truth) * (bent - truth)).sum(-1) / (bent - truth).square().sum(-1)
    assert torch.allclose(first.z[:CROPS], truth + along[:, None] * (bent - truth), atol=1e-4)
    assert 0 <= along.min() and along.max() <= MAX_FOLLOW and along.std() > 0.01
    assert not torch.allclose(first.z[CROPS:], second.z[CROPS:])


def test_the_sheet_is_told_frame_by_frame(calm, song):
    latents, sheet = song
    changed = sheet.clone()
    changed[:, -1] = 1 - changed[:, -1]
    torch.manual_seed(0)
    before = rehearse(calm, latents, sheet).z
    torch.manual_seed(0)
    after = rehearse(calm, latents, changed).z
    assert torch.equal(before[:-CROPS], after[:-CROPS]) and not torch.allclose(before[-CROPS:], after[-CROPS:])


def test_frames_are_joined_and_picked_in_pairs():
    frames = Frames(torch.arange(4.0)[:, None], torch.arange(4.0)[:, None] * 10)
    both = frames.joined(frames)
    some = both.some(50)
    assert len(both.z) == 8 and torch.equal(some.x0, some.z * 10) and len(some.z.unique()) == 4
