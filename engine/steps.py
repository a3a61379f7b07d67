"""The four calls that one frame consists of, and who carries them out: torch, the reference, or something faster."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from torch import Tensor

from engine import device as devices
from engine.controls import Controls, Sampler
from engine.errors import CalmError
from engine.model.calm import CalmState, Model
from engine.model.vae import DecoderState
from engine.step_names import NAMES

Field = Callable[[Tensor, Tensor], Tensor]

BEST = {"cpu": "onnxruntime int8"}  # elsewhere torch
TORCH_INSTEAD = "Leave the choice to the app, or choose torch, which runs everywhere"

log = logging.getLogger(__name__)


class Steps(Protocol):
    """One frame for a batch of B takes that are written together."""

    name: str
    """"torch", "onnxruntime fp32", "onnxruntime int8" or "cuda graphs"."""

    def context(self, latent: Tensor, state: CalmState) -> Tensor:
        """The last latent (B, 1, dim), normalised -> Z (B, 1, width) of the next; ``state`` is written in place."""

    def lead(self, z: Tensor, past: Tensor, sheet: Tensor, ago: Tensor, controls: Controls) -> Tensor:
        """Z (B, 1, width) bent to a lead sheet and to bars before, as `Calm.led` has it."""

    def field(self, sampler: Sampler, z: Tensor) -> Field:
        """The sampler's head F (x (B, dim), t (B,)) -> (B, dim), with its condition Z (B, width) bound."""

    def decode(self, latents: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Latents (B, 1, dim), not normalised -> audio (B, 2, frame_size), and the state that speaks on."""

    def begin_decoding(self, latents: Tensor, state: DecoderState) -> Callable[[], tuple[Tensor, DecoderState]]:
        """`decode` in two: what is left of it is done when the result is called, beside a context begun meanwhile
        where the device can."""


class TorchSteps:
    """The model's own modules, on any device."""

    name = "torch"

    def __init__(self, model: Model):
        self._model = model

    def context(self, latent: Tensor, state: CalmState) -> Tensor:
        return self._model.calm.context(latent, state)

    def lead(self, z: Tensor, past: Tensor, sheet: Tensor, ago: Tensor, controls: Controls) -> Tensor:
        return self._model.calm.led(z, past, sheet, ago, controls)

    def field(self, sampler: Sampler, z: Tensor) -> Field:
        head = self._model.calm.heads[sampler]
        return lambda x, t: head(x, t, z)

    def decode(self, latents: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        return self._model.vae.decode(latents, state)

    def begin_decoding(self, latents: Tensor, state: DecoderState) -> Callable[[], tuple[Tensor, DecoderState]]:
        return at_once(self.decode(latents, state))


def at_once(spoken: tuple[Tensor, DecoderState]) -> Callable[[], tuple[Tensor, DecoderState]]:
    """What `Steps.begin_decoding` gives where nothing is left to do."""
    return lambda: spoken


def use(model: Model, name: str | None = None, told: Callable[[str], None] = lambda note: None) -> None:
    """Let ``model`` write with the steps ``name``, one of NAMES, or with the best that its device has; ``told`` hears
    what takes long. ``model.info["arithmetic"]`` says which, as the last bits depend on it.

    CalmError if the steps asked for cannot be had here, and the model goes on with those it had. Where none were asked
    for, it is torch then.
    """
    wanted = name or BEST.get(model.device.type, "torch")
    try:
        steps = _made(wanted, model, told)
    except CalmError:
        raise
    except Exception as error:  # noqa: BLE001  onnxruntime's and CUDA's errors share no other base
        if name:
            raise CalmError(f"This computer cannot compute with {name} ({error})", TORCH_INSTEAD) from error
        log.warning("%s cannot be used, torch is: %s", wanted, error)
        steps = TorchSteps(model)
    model.steps = steps
    model.info["arithmetic"] = devices.arithmetic(model.device, steps.name)


def named_in(arithmetic: str) -> str:
    """The steps that an ``arithmetic``, as `use` states it, was done with."""
    return next((name for name in NAMES if arithmetic.startswith(name)), "torch")


def _made(name: str, model: Model, told: Callable[[str], None]) -> Steps:
    if name == "torch":
        return TorchSteps(model)
    if name.startswith("onnxruntime") and name in NAMES and model.device.type == "cpu":
        from engine.fast.onnx_steps import onnx_steps

        return onnx_steps(name, model, told)
    if name == "cuda graphs" and model.device.type == "cuda":
        from engine.fast.cuda import CudaSteps

        return CudaSteps(model)
    raise CalmError(f"There are no steps {name!r} for the device {model.device.type}", TORCH_INSTEAD)
