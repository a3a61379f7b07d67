"""Discriminators that learn beside what they judge: stereo sound, as its middle and its side."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.train.discriminators import Discriminators, adversarial_loss, critic_loss, feature_loss
from engine.train.sound_losses import middle_and_side
from engine.train.train_waveform_vae import descend

LEARNING_RATE = 3e-4  # EnCodec's


class Critics:
    """``judges`` and their ``optimizer``, which a run has to keep."""

    def __init__(self, device: torch.device):
        self.judges = Discriminators().to(device)
        self.optimizer = torch.optim.AdamW(self.judges.parameters(), lr=LEARNING_RATE, betas=(0.5, 0.9))

    def learn(self, decoded: Tensor, source: Tensor) -> Tensor:
        """One step on two sounds (B, 2, N) -> the loss before it."""
        fake, real = _mono(decoded.detach()), _mono(source)
        loss = critic_loss(self.judges(real), self.judges(fake))
        descend(loss, self.optimizer, self.judges)
        return loss

    def losses(self, decoded: Tensor, source: Tensor) -> dict[str, Tensor]:
        """What to bring down for the critics to believe ``decoded``."""
        with torch.no_grad():
            real = self.judges(_mono(source))
        fake = self.judges(_mono(decoded))
        return {"adversarial": adversarial_loss(fake), "feature": feature_loss(real, fake)}


def _mono(sound: Tensor) -> Tensor:
    return middle_and_side(sound)[:, None]
