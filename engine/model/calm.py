"""CALM: backbone + short context -> Z -> head, over the latents of the VAE (arXiv 2509.06926, figure 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from engine.config import ModelConfig
from engine.model.backbone import Backbone, inject_noise
from engine.model.bend import Bend, as_long
from engine.model.follow import Follow
from engine.model.head import Head
from engine.model.recall import Recall, recalled
from engine.model.short_context import ShortContext
from engine.model.transformer import TransformerState
from engine.model.vaes import build_vae


@dataclass
class CalmState:
    """Both contexts, in step with each other."""

    backbone: TransformerState
    short: TransformerState

    def copy(self) -> CalmState:
        return CalmState(self.backbone.copy(), self.short.copy())

    def rows(self, wanted: Sequence[int]) -> CalmState:
        """A copy of the rows ``wanted`` of the batch, in this order; one may come more than once."""
        return CalmState(self.backbone.rows(wanted), self.short.rows(wanted))

    @property
    def position(self) -> int:
        """How many inputs were heard so far, the beginning-of-sequence vector counted."""
        return self.backbone.position

    def rewind(self, frames: int) -> None:
        """Take the last inputs back, at most SPARE (`engine.model.attention`) since the furthest that the state has
        ever been; it costs nothing. ValueError if that is further than can be gone."""
        self.backbone.rewind(frames)
        self.short.rewind(frames)


class Strengths(Protocol):
    """How firmly Z is bent to the beat and all else that a lead sheet tells, to its chords, or where it has none to its
    key, to its sections, and to what is recalled."""

    follow: float
    harmony: float
    form: float
    recall: float


class Calm(nn.Module):
    """The language model. Two heads share one context: ``trigflow`` predicts the velocity of the probability-flow ODE
    (many small steps), ``consistency`` was distilled from it to land in one jump, or in a few. ``text``, ``follow``
    and ``recall`` bend Z to a description, to a lead sheet, and to what was written some bars ago, before either head
    sees it."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        dim, width = config.vae.latent_dim, config.backbone.width
        self.config = config
        self.register_buffer("latent_mean", torch.zeros(dim))
        self.register_buffer("latent_std", torch.ones(dim))
        self.backbone = Backbone(config.backbone, dim)
        self.short_context = ShortContext(config.short_context, dim)
        self.heads = nn.ModuleDict({name: Head(config.head, dim, width) for name in ("trigflow", "consistency")})
        self.follow = Follow(config.sheet, width) if config.sheet else None
        self.text = Bend(config.text, width) if config.text else None
        self.recall = Recall(config.recall, width) if config.recall else None

    def normalise(self, latents: Tensor) -> Tensor:
        """VAE latents (..., dim) -> unit variance per dimension, which is what everything else here works on."""
        return (latents - self.latent_mean) / self.latent_std

    def denormalise(self, latents: Tensor) -> Tensor:
        return latents * self.latent_std + self.latent_mean

    def initial_state(self, batch: int = 1) -> CalmState:
        return CalmState(
            self.backbone.transformer.initial_state(batch), self.short_context.transformer.initial_state(batch)
        )

    def context(self, latents: Tensor, state: CalmState) -> Tensor:
        """The latents (B, S, dim) written since the last call -> Z (B, S, width); Z[:, s] conditions the frame after s.

        A new sequence begins with `begin`.
        """
        return self.backbone(latents, state.backbone) + self.short_context(latents, state.short)

    def described(self, z: Tensor, text: Tensor, strength: float) -> Tensor:
        """Z (..., width) bent to a text's embedding (..., features), and as long as before."""
        return as_long(self.text(z, text, strength), z)

    def bent(self, z: Tensor, sheet: Tensor, memory: Tensor | None) -> Tensor:
        """Z (..., width) bent as in training to what is told of the frames to come: the features of a lead sheet, and
        what is `recalled`, which the model may lack."""
        told = self.follow(z, sheet)
        return told if self.recall is None else told + self.recall.shift(z, memory)

    def led(self, z: Tensor, past: Tensor, sheet: Tensor, ago: Tensor, by: Strengths) -> Tensor:
        """Z (B, 1, width) bent as in use: to the features of a lead sheet (1, features) of the one frame to come, and
        to what was written before it, ``ago`` (1, BARS, FIELDS) says where in the ``past`` (B, n, dim)."""
        told = z if by.follow == by.harmony == 0 else self.follow(z, sheet, by.follow, by.harmony, by.form)
        if self.recall is None or by.recall == 0:
            return told
        frames = torch.tensor([past.shape[1]], device=past.device)
        memory = recalled(past, frames, ago.expand(len(past), -1, -1, -1))
        return told + by.recall * self.recall.shift(z, memory)

    def begin(self, batch: int = 1) -> tuple[Tensor, CalmState]:
        """Z (B, 1, width) of the very first frame, and the state after the beginning-of-sequence vector."""
        state = self.initial_state(batch)
        return self.context(self.backbone.bos.expand(batch, 1, -1), state), state

    def teacher_forced(self, latents: Tensor, noise: bool) -> Tensor:
        """Clean latents (B, S, dim) -> Z (B, S, width), Z[:, s] conditioning latents[:, s], all inputs shifted by the
        beginning-of-sequence vector. With ``noise``, as in training, the backbone hears them noised; the short
        context never does."""
        bos = self.backbone.bos.expand(len(latents), 1, -1)
        past = latents[:, :-1]
        heard = inject_noise(past) if noise else past
        return self.backbone(torch.cat([bos, heard], dim=1)) + self.short_context(torch.cat([bos, past], dim=1))


class Model(nn.Module):
    """What is installed as one: the VAE and the CALM trained on its latents."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.vae = build_vae(config.vae)
        self.calm = Calm(config)

    def broad(self) -> Tensor:
        """(dim, n) how normalised latents move what is broad in the sound (`SpectralVAE.broad`)."""
        return self.calm.latent_std[:, None] * self.vae.broad()

    @property
    def device(self) -> torch.device:
        return self.calm.latent_mean.device
