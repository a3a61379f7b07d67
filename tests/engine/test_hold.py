"""The prompt's sound is held in its slow part, and only there."""

import pytest
import torch

from engine.hold import HOLD_SECONDS, MOST, REST, free_hold, held, hold_of

RATE, DIM = 25.0, 4
ALL = torch.eye(DIM)  # every direction is broad
FRAMES = round(12 * HOLD_SECONDS * RATE)


def noise(frames, mean=0.0, spread=1.0, batch=1, seed=0):
    return mean + spread * torch.randn(batch, frames, DIM, generator=torch.Generator().manual_seed(seed))


def continued(prompt, frames, broad=ALL):
    """``frames`` (B, T, DIM) as they are after they were held to the sound of the prompt, the second half of them."""
    hold, after = hold_of(prompt, RATE, broad), []
    for frame in frames.split(1, dim=1):
        latent, hold = held(frame, hold)
        after.append(latent)
    return torch.cat(after, dim=1)[:, len(after) // 2 :]


@pytest.mark.parametrize(("mean", "spread"), [(0.0, 1.0), (1.5, 1.0), (-1.0, 0.6), (0.5, 1.6)])
def test_mean_and_spread_are_the_prompts_whatever_is_drawn(mean, spread):
    after = continued(noise(500, mean=0.3, spread=0.8), noise(FRAMES, mean, spread, seed=1))
    assert after.mean().item() == pytest.approx(0.3, abs=0.15)
    assert after.std().item() == pytest.approx(0.8, rel=0.1)


def test_every_clip_and_dimension_has_its_own():
    prompt = torch.cat([noise(500, -1.0), noise(500, 2.0)])
    prompt[..., 0] *= 0.5
    after = continued(prompt, noise(FRAMES, batch=2, seed=2))
    assert torch.allclose(after.mean(1), prompt.mean(1), atol=0.2)
    assert torch.allclose(after.std(1), prompt.std(1), rtol=0.15)


def test_a_mean_is_replaced_where_it_is_broad_and_taken_back_in_part_elsewhere():
    broad = torch.tensor([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.1]])  # however little the sound moves
    after = continued(noise(500), noise(FRAMES, mean=1.0, seed=1), broad).mean((0, 1))
    assert torch.allclose(after, torch.tensor([0, 1 - REST, 1 - REST, 0]), atol=0.15)


def test_each_of_a_batch_is_held_as_it_would_be_alone():
    prompts, frames = noise(200, batch=3, seed=8), noise(100, mean=0.5, batch=3, seed=9)
    broad = torch.randn(DIM, 2, generator=torch.Generator().manual_seed(0))
    together = continued(prompts, frames, broad)
    alone = [continued(*each, broad) for each in zip(prompts.split(1), frames.split(1), strict=True)]
    assert torch.equal(together, torch.cat(alone))


def test_a_drift_is_stopped():
    drift = noise(FRAMES, seed=3) + torch.linspace(0, 6, FRAMES)[None, :, None]  # 0.5 in as long as HOLD_SECONDS
    assert continued(noise(500), drift).mean().abs() < 0.8


def test_what_is_louder_from_the_cut_on_is_brought_back_within_two_seconds():
    prompt, louder = noise(500), noise(50, mean=1.0, seed=6)
    hold, after = hold_of(prompt, RATE, ALL), []
    for frame in louder.split(1, dim=1):
        latent, hold = held(frame, hold)
        after.append(latent)
    assert torch.cat(after[25:], dim=1).mean() < 0.45  # of 1.0; with a mean of 6 s from the first frame on 0.73


def test_nothing_is_held_where_nothing_went_before():
    hold = free_hold(1, DIM, torch.device("cpu"))
    drawn = noise(100, mean=1.0, spread=0.1, seed=7)
    for frame in drawn.split(1, dim=1):
        latent, hold = held(frame, hold)
        assert torch.allclose(latent, frame)


def test_what_is_faster_than_the_hold_is_left_alone():
    t = torch.arange(FRAMES) / RATE
    beat = torch.sin(2 * torch.pi * 2 * t)[None, :, None].expand(1, FRAMES, DIM)
    after = continued(beat, beat)
    assert (after - beat[:, -after.shape[1] :]).abs().max() < 0.1


def test_no_frame_is_farther_out_than_the_prompts_farthest():
    prompt = noise(200)
    after = continued(prompt, noise(FRAMES, spread=3.0, seed=4))
    assert after.norm(dim=-1).max() <= prompt.norm(dim=-1).max() * 1.0001


def test_a_prompt_that_does_not_move_does_not_freeze_what_follows():
    after = continued(torch.ones(1, 50, DIM), noise(FRAMES, seed=5))
    assert torch.isfinite(after).all() and after.std() > 0.05
    assert MOST > 1


def levels(after, prompt):
    """(B,) dB by which each of two octaves, the first two dimensions, is over the prompt's."""
    return after.mean(1)[:, :2] - prompt.mean(1)[:, :2]


def told(prompt, parts):
    """The last halves of ``parts``, each frames (B, T, DIM) and how much more energy they have, held one after the
    other; the first two dimensions are octaves, 1 dB of each."""
    hold, halves = hold_of(prompt, RATE, torch.eye(DIM)[:, :3], octaves=2), []
    for frames, more in parts:
        after = []
        for frame in frames.split(1, dim=1):
            latent, hold = held(frame, hold, more)
            after.append(latent)
        halves.append(torch.cat(after, dim=1)[:, len(after) // 2 :])
    return halves


@pytest.mark.parametrize(
    ("drawn", "more", "heard"),
    [
        (0.0, -0.2, -3.0),  # it is quieter at least
        (-8.0, -0.2, -8.0),  # it may be quieter by more,
        (-30.0, -0.2, -15.0),  # and so does not fade away
        (4.0, -0.2, -3.0),
        (-8.0, 0.0, 0.0),
        (4.0, 0.4, 2.0),
        (-8.0, 0.4, 2.0),
    ],
)
def test_octaves_have_room_where_there_is_less_or_more_energy(drawn, more, heard):
    prompt = noise(500, spread=0.3)
    frames = noise(FRAMES, spread=0.3, seed=1)
    frames[..., :3] += drawn
    prompt[:, 0, 3] = 60.0  # nothing is too far out
    (after,) = told(prompt, [(frames, (more,))])
    assert levels(after, prompt)[0].tolist() == pytest.approx([heard, heard], abs=0.3)
    assert after[..., 2].mean().item() == pytest.approx(0.0, abs=0.3), "what is broad and no octave is held as ever"


def test_after_a_break_nothing_is_lifted_by_what_was_missing_there():
    prompt, quiet = noise(500, spread=0.3), noise(200, spread=0.3, seed=1)
    quiet[..., :2] -= 10.0
    prompt[:, 0, 3] = 60.0
    again = noise(20, spread=0.3, seed=2)
    _, after = told(prompt, [(quiet, (-0.2,)), (again, (0.0,))])
    assert levels(after, prompt).abs().max() < 0.5
    _, lifted = told(prompt, [(quiet, (-0.2,)), (again, (-0.2,))])
    assert levels(lifted, prompt).max() < -2.0, "as long as it is the break"


def test_each_of_a_batch_has_its_own_sections():
    prompts = noise(200, batch=3, seed=8)
    parts = [(noise(60, mean=m, batch=3, seed=s), more) for m, s, more in
             ((-3.0, 1, (0.0, -0.2, -0.2)), (0.5, 2, (0.0, -0.2, 0.25)))]  # fmt: skip
    together = told(prompts, parts)
    for row in range(3):
        alone = told(prompts[row : row + 1], [(frames[row : row + 1], more[row : row + 1]) for frames, more in parts])
        assert all(torch.equal(one, several[row : row + 1]) for one, several in zip(alone, together, strict=True))
