"""Holding the sound of the prompt: what is drawn keeps the prompt's mean and spread, latent dimension by dimension.

Each frame is drawn from the frames before it, so a frame that is a little too loud, too dull or too even makes the next
one more so: freely, a continuation fades, or explodes, within half a minute. Here the slow part of each dimension, its
running mean and spread over HOLD_SECONDS, at first less, is brought back to the prompt's; what is faster, the music, is
left alone.

Of the mean, what is broad in a sound (`Model.broad`: octaves, stereo) is replaced, and of the rest REST: the mean of
some seconds also says which notes sounded. With all of it replaced, real songs lost their harmony: of 20, 30 s after a
prompt of 5 s, chords are heard rightly in 0.69 of the time by the VAE, in 0.50 from latents held all over, in 0.66 so.

Where a section is told that has more or less energy than the prompt, octaves have room: with none, breaks were as full
as all else; without any hold they are emptier, but of 15 songs some became 7 dB louder. What is drawn of a new section
is held by itself: with what went before in its mean, what comes after a break was lifted by all that had been missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

HOLD_SECONDS = 6.0  # some bars: a chord must be able to last
# For which the prompt's own mean counts at the cut. What is drawn there is too loud, which a mean of 6 s learns late:
# with it 20 unseen songs are 3.6 dB above their prompts in the first 0.6 s, and 0.2 dB like this.
START_SECONDS = 0.5
# Of the deviation of what is not broad. Of 30 s that were written after each of 20 prompts, told the score, with
# 1 / 0.5 / 0.3 / 0: key heard 0.45 / 0.75 / 0.70 / 0.70, on the chord 0.60 / 0.63 / 0.65 / 0.68, spectrum 3.3 / 3.5 /
# 3.5 / 5.3 dB from the prompt's, Fréchet distance of chroma 13 / 10 / 10 / 31.
REST = 0.3
# dB for each 1 of energy that octaves are louder where there is more, and quieter at least where there is less; and by
# how many dB more they may fall there. In songs a B (0.25 more) is 1.1 LU louder than an A, an intro (0.3 less) 5.0
# quieter (`engine.train.evaluate_form`).
LOUDER, QUIETER, ROOM = 5.0, 15.0, 12.0
MOST = 2.0  # the spread is stretched or narrowed by no more than this at a time
USUAL_RADIUS = 10.7  # of 5 s of a song, the median over 200
LEAST_VARIANCE = 1e-2  # of a prompt: what does not move at all must not freeze what follows


@dataclass(frozen=True, eq=False)
class Hold:
    """The ``mean``, ``variance`` and largest ``radius`` of the prompt, as they are to be held, and the running mean and
    variance of what was drawn since; (B, 1, dim), the radius (B, 1, 1), of normalised latents. They are those of
    ``frames`` frames (B, 1, 1), in the end of ``most``, since a section began with so much ``more`` energy than the
    prompt (B,). ``firmness`` (dim, dim) is what is taken back of a mean's deviation;
    ``octaves`` (dim, n) tell by how many dB a deviation moves octaves, ``lift`` (n, dim) what moves each by 1 dB."""

    mean: Tensor
    variance: Tensor
    radius: Tensor
    recent_mean: Tensor
    recent_variance: Tensor
    firmness: Tensor
    octaves: Tensor
    lift: Tensor
    frames: Tensor
    most: float
    more: tuple[float, ...]

    def rows(self, wanted: Sequence[int]) -> Hold:
        """That of the rows ``wanted`` of the batch, in this order."""
        parts = "mean", "variance", "radius", "recent_mean", "recent_variance", "frames"
        chosen = {part: getattr(self, part)[wanted] for part in parts}
        return replace(self, **chosen, more=tuple(self.more[row] for row in wanted))


def hold_of(prompt: Tensor, frame_rate: float, broad: Tensor, octaves: int = 0) -> Hold:
    """What is to be held of a prompt's latents (B, T, dim), normalised, along the directions ``broad`` (dim, n) above
    all, the first of which are so many ``octaves``."""
    mean = prompt.mean(1, keepdim=True)
    variance = prompt.var(1, keepdim=True, correction=0).clamp(min=LEAST_VARIANCE)
    radius = prompt.norm(dim=-1, keepdim=True).amax(1, keepdim=True)
    basis = torch.linalg.qr(broad).Q
    firmness = REST * torch.eye(len(broad), device=broad.device) + (1 - REST) * basis @ basis.T
    frames, lift = torch.full_like(radius, START_SECONDS * frame_rate), torch.linalg.pinv(broad)[:octaves]
    most, more = HOLD_SECONDS * frame_rate, (0.0,) * len(prompt)
    return Hold(mean, variance, radius, mean, variance, firmness, broad[:, :octaves], lift, frames, most, more)


def free_hold(batch: int, dim: int, device: torch.device) -> Hold:
    """What is held where nothing went before: no sound, only the size of what is drawn."""
    zero, one = torch.zeros(batch, 1, dim, device=device), torch.ones(batch, 1, dim, device=device)
    radius = torch.full((batch, 1, 1), USUAL_RADIUS, device=device)
    octaves, firmness = torch.zeros(dim, 0, device=device), torch.eye(dim, device=device)
    frames, more = torch.full_like(radius, math.inf), (0.0,) * batch
    return Hold(zero, one, radius, zero, one, firmness, octaves, octaves.T, frames, math.inf, more)


def held(latent: Tensor, hold: Hold, more: tuple[float, ...] | None = None) -> tuple[Tensor, Hold]:
    """A drawn frame (B, 1, dim), brought back to the prompt's sound, and the hold for the next one. Where it is to have
    ``more`` energy than the prompt (B,), or less, not all is brought back; None: as much."""
    hold = _turned(hold, more or (0.0,) * len(latent))
    frames = (hold.frames + 1).clamp(max=hold.most)
    recent_mean = torch.lerp(hold.recent_mean, latent, 1 / frames)
    fast = latent - recent_mean
    recent_variance = torch.lerp(hold.recent_variance, fast.square(), 1 / frames)
    scale = (hold.variance / recent_variance).sqrt().clamp(1 / MOST, MOST)
    # A sum, as a product of matrices would round a row by how many others there are.
    back = ((hold.mean - recent_mean).unsqueeze(-1) * hold.firmness).sum(-2)
    if any(hold.more):
        back = back + _let_be(recent_mean - hold.mean, hold)
    brought = recent_mean + back + scale * fast
    inside = brought * (hold.radius / brought.norm(dim=-1, keepdim=True)).clamp(max=1)
    return inside, replace(hold, recent_mean=recent_mean, recent_variance=recent_variance, frames=frames)


def _turned(hold: Hold, more: tuple[float, ...]) -> Hold:
    """Where a section begins with other energy than before, nothing was drawn yet, as at the cut."""
    if more == hold.more:
        return hold
    new = torch.tensor([now != before for now, before in zip(more, hold.more, strict=True)], device=hold.frames.device)
    new, least = new.view(-1, 1, 1), hold.most * START_SECONDS / HOLD_SECONDS
    return replace(
        hold,
        recent_mean=torch.where(new, hold.mean, hold.recent_mean),
        recent_variance=torch.where(new, hold.variance, hold.recent_variance),
        frames=hold.frames.masked_fill(new, least),
        more=more,
    )


def _let_be(deviation: Tensor, hold: Hold) -> Tensor:
    """What of a mean's deviation (B, 1, dim) from the prompt's is as it should be."""
    levels = (deviation.unsqueeze(-1) * hold.octaves).sum(-2)
    highest = [more * (LOUDER if more > 0 else QUIETER) for more in hold.more]
    lowest = [level - (ROOM if level < 0 else 0.0) for level in highest]
    bounds = (levels.new_tensor(each).view(-1, 1, 1) for each in (lowest, highest))
    return (levels.clamp(*bounds).unsqueeze(-1) * hold.lift).sum(-2)
