"""What every training stage shares: a wall-clock budget, checkpoints to resume from, metrics, a progress line."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from pathlib import Path

import torch
from torch import nn

from engine import weights
from engine.config import PRESETS
from engine.model.calm import Calm
from engine.model.vae import SpectralVAE
from engine.train.sharding import give_back, whole
from engine.train.together import agreed, is_first


class Run:
    """One stage in one folder: ``checkpoint.pt`` (resumed from if there) and ``metrics.jsonl`` (appended to).

    ``parts`` are the modules and optimisers to save, by name. The budget counts the minutes spent training over all
    restarts, so schedules depend on ``fraction`` (0 at the start, 1 at the end) and not on how often a run was stopped.
    """

    def __init__(self, folder: Path, minutes: float, parts: dict, save_every: float = 120.0):
        self.folder, self.seconds, self.parts, self.save_every = folder, minutes * 60, parts, save_every
        folder.mkdir(parents=True, exist_ok=True)
        self.step, self.elapsed = 0, 0.0
        if self.checkpoint.exists():
            self._restore(torch.load(self.checkpoint, map_location="cpu", weights_only=True))
        self.first = self.step
        self._tick = self._shown = time.monotonic()
        self._saved = self.elapsed

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    @property
    def fraction(self) -> float:
        return min(1.0, self.elapsed / self.seconds)

    def steps(self):
        """Step numbers until the budget is spent; saves now and then, and at the end."""
        while self.elapsed < self.seconds:
            yield self.step
            now = time.monotonic()
            self.elapsed = agreed(self.elapsed + now - self._tick)
            self._tick, self.step = now, self.step + 1
            if self.elapsed - self._saved > self.save_every:
                self.save()
        self.save()

    def cosine(self, peak: float, warmup: int = 100) -> float:
        """Learning rate now: linear warm-up over steps, then half a cosine over the budget down to peak / 50."""
        fall = 0.5 * (1 + math.cos(math.pi * self.fraction))
        return peak * min(1.0, (self.step + 1) / warmup) * (0.02 + 0.98 * fall)

    def log(self, **metrics: float) -> None:
        """Append metrics to the jsonl file, and show them with the time left, at most once in two seconds. Of some
        processes together the first one does."""
        if not is_first():
            return
        record = {"step": self.step, "seconds": round(self.elapsed, 1)} | {
            k: round(float(v), 5) for k, v in metrics.items()
        }
        with open(self.folder / "metrics.jsonl", "a") as file:
            file.write(json.dumps(record) + "\n")
        if time.monotonic() - self._shown > 2:
            self._shown = time.monotonic()
            left = max(0.0, self.seconds - self.elapsed)
            shown = "  ".join(f"{key} {value:.4g}" for key, value in record.items())
            print(f"{shown}  ETA {left / 60:.1f} min", file=sys.stderr, flush=True)

    def save(self) -> None:
        """Write the checkpoint whole or not at all; of some processes together the first one does."""
        self._saved = self.elapsed
        state = {name: whole(part.state_dict()) for name, part in self.parts.items()}
        if not is_first():
            return
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(state | {"step": self.step, "elapsed": self.elapsed}, partial)
        os.replace(partial, self.checkpoint)

    def _restore(self, state: dict) -> None:
        for name, part in self.parts.items():
            give_back(part, state[name])
        self.step, self.elapsed = state["step"], state["elapsed"]


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of every group."""
    for group in optimizer.param_groups:
        group["lr"] = rate


class Ema:
    """Exponential moving average of a module's parameters, warmed up so that early steps are forgotten soon."""

    def __init__(self, module: nn.Module, decay: float = 0.999):
        self.decay, self.updates = decay, 0
        self.source = module
        self.values = {name: p.detach().clone() for name, p in module.named_parameters()}

    @torch.no_grad()
    def update(self) -> None:
        self.updates += 1
        keep = min(self.decay, self.updates / (self.updates + 10))
        for name, parameter in self.source.named_parameters():
            self.values[name].lerp_(parameter, 1 - keep)

    @torch.no_grad()
    def copy_to(self, module: nn.Module) -> None:
        for name, parameter in module.named_parameters():
            parameter.copy_(self.values[name])

    def state_dict(self) -> dict:
        return {"updates": self.updates, "values": self.values}

    def load_state_dict(self, state: dict) -> None:
        self.updates = state["updates"]
        for name, value in state["values"].items():
            self.values[name].copy_(value)  # to where they are: a checkpoint is read into main memory


def is_model(folder: Path) -> bool:
    """Whether a folder is an installed model, and not a run."""
    return (folder / "config.json").exists()


def load_vae(folder: Path, preset: str) -> SpectralVAE:
    """The VAE of a stage 2 run, or of an installed model: the folder says which it is."""
    if is_model(folder):
        return weights.load(folder, torch.device("cpu"), steps="torch").vae
    return load_averaged(SpectralVAE(PRESETS[preset].vae), folder, "vae")


def load_calm(folder: Path, preset: str) -> Calm:
    """The CALM of a stage 4 run or of an installed model, frozen; what the preset has and a model lacks is fresh."""
    calm = Calm(PRESETS[preset])
    if is_model(folder):
        trained = weights.load(folder, torch.device("cpu"), steps="torch").calm
        calm.load_state_dict(calm.state_dict() | trained.state_dict())
    else:
        state = torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)
        calm.load_state_dict(_part(state["training"], "calm."))
        calm.load_state_dict(calm.state_dict() | _part(state["ema"]["values"], "calm."))
    return calm.eval().requires_grad_(False)


def _part(state: dict, prefix: str) -> dict:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def load_averaged(module: nn.Module, folder: Path, name: str) -> nn.Module:
    """The module as a run in ``folder`` left it under ``name``, with averaged parameters, in eval mode."""
    state = torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)
    module.load_state_dict(state[name])
    ema = Ema(module)
    ema.load_state_dict(state["ema"])
    ema.copy_to(module)
    return module.eval().requires_grad_(False)
