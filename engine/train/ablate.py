"""What parts of stage 4 are worth: a CALM trained without one of them, with one more, or by another loss, as long as
one with all.

python -m engine.train.ablate LATENTS OUT --heldout LATENTS --arm noise --preset small --minutes 5

Every arm is installed and evaluated like any other run. "jointly" trains the consistency head, the others TrigFlow's.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.config import PRESETS
from engine.model.calm import Calm
from engine.music.leadsheet import FEATURES, GROUPS
from engine.train.distil import RAMP_STEPS
from engine.train.objectives import consistency_loss, draw_times
from engine.train.train_calm import CalmTraining, train

ASKED = 0.5  # weight of the auxiliary head


class WithoutNoise(CalmTraining):
    """The backbone hears clean latents, as they never are in use."""

    noise = False


class FourDraws(CalmTraining):
    """Four (t, e) for each position, as in CALM, not HEAD_MULTIPLIER."""

    draws = 4


class WithoutShortContext(CalmTraining):
    """Z is the backbone's alone: what the short context adds is 0, and stays it."""

    def __init__(self, calm: Calm):
        calm.short_context.requires_grad_(False)
        nn.init.zeros_(calm.short_context.transformer.norm.weight)
        super().__init__(calm)


class Untold(CalmTraining):
    """No lead sheet, and nothing recalled."""

    def told(self, z: Tensor, x: Tensor, sheet: Tensor, ago: Tensor) -> Tensor:
        return z


class Asked(CalmTraining):
    """With an auxiliary head: what the lead sheet tells of the frame to come (beat, chord, key, form, style) is also
    asked of Z, before it is bent to it."""

    def __init__(self, calm: Calm):
        super().__init__(calm)
        self.answer = nn.Linear(calm.config.backbone.width, FEATURES)

    def besides(self, z: Tensor, sheet: Tensor) -> Tensor:
        known = torch.cat([group[..., :1].expand_as(group) for group in sheet.split(list(GROUPS.values()), -1)], -1)
        missed = (self.answer(z) - sheet).square() * known
        return ASKED * missed.sum() / known.sum().clamp(min=1)


class Jointly(CalmTraining):
    """The consistency head from scratch, together with all of CALM, instead of a TrigFlow head that it is distilled
    from (sCM calls it consistency training). The error shown is the size of the tangent."""

    def __init__(self, calm: Calm):
        calm.heads["consistency"].requires_grad_(True)
        super().__init__(calm)
        self.register_buffer("steps", torch.zeros(()))

    def objective(self, x0: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        self.steps += torch.is_grad_enabled()
        head, ramp = self.calm.heads["consistency"], (self.steps / RAMP_STEPS).clamp(max=1)
        with torch.autocast("cpu", enabled=False), torch.autocast("cuda", enabled=False):
            z = z.float()
            times = draw_times(x0, mean=0.0, std=1.6)  # as in distillation
            return consistency_loss(lambda x_t, t: head(x_t, t, z), self.weight, x0, times, ramp)


ARMS = {
    "all": CalmTraining,
    "noise": WithoutNoise,
    "draws": FourDraws,
    "short context": WithoutShortContext,
    "sheet": Untold,
    "asked": Asked,
    "jointly": Jointly,
}


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("out", type=Path)
    parser.add_argument("--heldout", type=Path, required=True, help="latents of songs with other seeds")
    parser.add_argument("--arm", choices=ARMS, default="all", help="what is left out, or done otherwise")
    parser.add_argument("--preset", choices=PRESETS, default="small")
    parser.add_argument("--minutes", type=float, default=5)
    arguments = vars(parser.parse_args(argv))
    kind = ARMS[arguments.pop("arm")]
    train(**arguments, start=None, rate=1.0, kind=kind)


if __name__ == "__main__":
    main()
