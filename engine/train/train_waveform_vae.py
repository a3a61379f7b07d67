"""The paper's ear, in place of stage 2: train the waveform VAE against discriminators. Meant for a GPU.

    python -m engine.train.train_waveform_vae DATA OUT --minutes 600 [--batch 8]

The losses are the paper's: time, multi-scale mel, adversarial, feature matching, KL. Its batch is 64 clips of 12 s; one
clip of 12 s takes about 3.5 GB in bfloat16, by estimate. One process, one device: CUDA where there is one.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.config import WaveformConfig
from engine.model.waveform_vae import WaveformVAE
from engine.train.audio_crops import AudioCrops
from engine.train.discriminators import Discriminators, adversarial_loss, critic_loss, feature_loss
from engine.train.precision import mixed
from engine.train.run import Ema, Run, set_rate
from engine.train.together import place
from engine.train.waveform_losses import MelLoss, balanced_gradient, kl_to_unit_gaussian

FILE_RATE = 48_000  # Hz, of what engine.train.render writes
CROP_FRAMES = 300  # 12 s, as in the paper
BATCH = 8
PEAK_LR = 8e-4  # the paper's
CRITIC_LR = 3e-4  # EnCodec's
KL_WEIGHT = 0.01  # the paper's
# Not stated in the paper: EnCodec's.
WEIGHTS = {"time": 0.1, "mel": 2.0, "adversarial": 4.0, "feature": 4.0}
# Steps until the critics' losses, and KL, count in full. At tiny size, on tones: with critics that know nothing yet the
# sound only got louder (mel loss 3.1 to 3.3 in 60 steps), without them it fell to 1.9. KL before the decoder uses the
# latents empties them (0.17 nats left after 300 steps, at 0.0015); without KL the mel loss fell on to 1.3 in
# 2,000. At full size neither is tried.
CRITIC_RAMP, KL_RAMP = 2_000, 20_000


@dataclass(frozen=True, eq=False)
class Trainee:
    """Everything that learns, and what it learns by."""

    vae: WaveformVAE
    critics: Discriminators
    mel: MelLoss
    vae_optimizer: torch.optim.Optimizer
    critic_optimizer: torch.optim.Optimizer


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of WAV files from engine.train.render")
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--batch", type=int, default=BATCH, help="clips a step (default: %(default)s)")
    train(WaveformConfig(), **vars(parser.parse_args(argv)))


def train(config: WaveformConfig, data: Path, out: Path, minutes: float, batch: int) -> WaveformVAE:
    """The trained VAE, its averaged weights in place; everything is in ``out`` to be resumed."""
    device = place()
    trainee = new_trainee(config, device)
    ema = Ema(trainee.vae)
    parts = {
        "vae": trainee.vae,
        "ema": ema,
        "critics": trainee.critics,
        "vae_optimizer": trainee.vae_optimizer,
        "critic_optimizer": trainee.critic_optimizer,
    }
    run = Run(out, minutes, parts)
    crops = AudioCrops(data, round(CROP_FRAMES * config.frame_size * FILE_RATE / config.sample_rate), seed=run.step)
    with ThreadPoolExecutor(1) as reader:  # the next batch is read while this one is learned
        upcoming = reader.submit(crops.batch, batch)
        for step in run.steps():
            stereo, upcoming = upcoming.result(), reader.submit(crops.batch, batch)
            source = at_rate(stereo.to(device).mean(1, keepdim=True), FILE_RATE, config.sample_rate)
            set_rate(trainee.vae_optimizer, run.cosine(PEAK_LR))
            set_rate(trainee.critic_optimizer, run.cosine(CRITIC_LR))
            losses = learn(trainee, source, step)
            ema.update()
            if step % 10 == 0:
                run.log(**losses)
    ema.copy_to(trainee.vae)
    return trainee.vae.eval()


def new_trainee(config: WaveformConfig, device: torch.device) -> Trainee:
    vae, critics = WaveformVAE(config).to(device), Discriminators().to(device)
    return Trainee(
        vae,
        critics,
        MelLoss(config.sample_rate).to(device),
        torch.optim.AdamW(vae.parameters(), lr=PEAK_LR, betas=(0.8, 0.99), weight_decay=0.01),
        torch.optim.AdamW(critics.parameters(), lr=CRITIC_LR, betas=(0.5, 0.9)),
    )


def at_rate(mono: Tensor, rate_in: int, rate_out: int) -> Tensor:
    """Sound (B, 1, N) at another rate, by its spectrum, on whatever device it is; its ends are taken as joined."""
    count = round(mono.shape[-1] * rate_out / rate_in)
    spectrum = torch.fft.rfft(mono)[..., : count // 2 + 1]
    return torch.fft.irfft(spectrum, n=count) * (rate_out / rate_in)


def learn(trainee: Trainee, source: Tensor, step: int) -> dict[str, Tensor]:
    """One step, the ``step``-th, of the critics and of the VAE on sound (B, 1, N) -> the losses before it."""
    with mixed(source.device.type):
        decoded, mean, log_variance = round_trip(trainee.vae, source)
        critic = critic_loss(trainee.critics(source), trainee.critics(decoded.detach()))
    descend(critic, trainee.critic_optimizer, trainee.critics)
    losses = decoder_losses(trainee, source, decoded)
    kl = kl_to_unit_gaussian(mean, log_variance)
    gradient = balanced_gradient(losses, weights_at(step), decoded)
    # The same gradient as that of the weighed losses, which reaches the VAE through the decoded sound alone.
    kl_weight = KL_WEIGHT * min(1.0, step / KL_RAMP)
    descend((decoded * gradient).sum() + kl_weight * kl, trainee.vae_optimizer, trainee.vae)
    told = losses | {"critic": critic, "kl": kl, "sigma": (0.5 * log_variance).exp().mean()}
    return {name: value.detach() for name, value in told.items()}


def weights_at(step: int) -> dict[str, float]:
    """WEIGHTS, those of the critics' losses ramped in."""
    heeded = min(1.0, step / CRITIC_RAMP)
    return WEIGHTS | {name: heeded * WEIGHTS[name] for name in ("adversarial", "feature")}


def round_trip(vae: WaveformVAE, source: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Sound (B, 1, N) -> decoded sound, from latents drawn about their means, and mean and log variance (B, T, dim), in
    float32."""
    batch, like = len(source), source
    mean, log_variance, _ = vae.posterior(source, vae.encoder.initial(batch, like), None)
    mean, log_variance = mean.float(), log_variance.float()
    latents = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
    decoded, _ = vae.speak(latents, None, vae.decoder.initial(batch, like))
    return decoded.float(), mean, log_variance


def decoder_losses(trainee: Trainee, source: Tensor, decoded: Tensor) -> dict[str, Tensor]:
    """The losses of decoded sound, by the names of WEIGHTS."""
    with mixed(source.device.type):
        with torch.no_grad():
            real = trainee.critics(source)
        fake = trainee.critics(decoded)
    return {
        "time": (decoded - source).abs().mean(),
        "mel": trainee.mel(decoded, source),
        "adversarial": adversarial_loss(fake),
        "feature": feature_loss(real, fake),
    }


def descend(loss: Tensor, optimizer: torch.optim.Optimizer, module: nn.Module) -> None:
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
    optimizer.step()


if __name__ == "__main__":
    main()
