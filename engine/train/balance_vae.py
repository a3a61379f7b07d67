"""The last touch to the ear: the decoder speaks as loud as what it heard, band by band.

python -m engine.train.balance_vae DATA MODEL OUT --songs 60

Trained on levels in dB, the decoder tells the middle of what a level could be, and the mean of a power lies above that:
by 2.5 dB for noise, whose power is distributed exponentially. So every band gets a gain, which leaves silence silent
and the latents as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from engine import weights
from engine.audio import read, resample, stereo
from engine.errors import CalmError
from engine.model.calm import Model

SECONDS = 15  # of each song, from its middle on
ROUNDS = 2  # the phases that follow from the levels change a little with them
MOST = 4.0  # dB of gain: more would lift the hiss of quiet songs, to make up for what lies at the floor and is left out


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of WAV files from engine.train.render")
    parser.add_argument("model", type=Path, help="model folder")
    parser.add_argument("out", type=Path, help="model folder to write; may be the same")
    parser.add_argument("--songs", type=int, default=60)
    arguments = parser.parse_args(argv)
    model = weights.load(arguments.model, torch.device("cpu"), steps="torch")
    songs = middles(arguments.data, arguments.songs, model.config.vae.sample_rate)
    for number in range(ROUNDS):
        gain = balance(model, songs)
        print(f"round {number + 1}: {gain.mean():+.2f} dB in the mean, {gain.min():+.2f} to {gain.max():+.2f}")
    weights.save(model, arguments.out, model.info["license"])


def middles(folder: Path, count: int, rate: int) -> list[Tensor]:
    """The middle of so many songs, (1, 2, SECONDS * rate) each."""
    paths = sorted(folder.glob("*.wav"))[:count]
    if not paths:
        raise CalmError(f"No WAV files in {folder}", "Render some first: python -m engine.train.render --help")
    return [_middle(path, rate) for path in paths]


def _middle(path: Path, rate: int) -> Tensor:
    audio = read(path)
    samples = resample(stereo(audio.samples), audio.rate, rate)
    start = max(0, (samples.shape[1] - SECONDS * rate) // 2)
    return torch.from_numpy(samples[None, :, start : start + SECONDS * rate].copy())


@torch.inference_mode()
def balance(model: Model, songs: list[Tensor]) -> Tensor:
    """Add what the decoder lacks on ``songs``, (bands,) in dB, the median of the songs, to its gain; return that."""
    missing = torch.stack([lacking(model, song) for song in songs]).median(dim=0).values
    return model.vae.gain.add_(missing).clamp_(-MOST, MOST)


def lacking(model: Model, song: Tensor) -> Tensor:
    """(bands,) by how many dB the power of a song (1, 2, N) lies above that of its way through the VAE."""
    vae = model.vae
    whole = song[..., : song.shape[-1] // vae.config.frame_size * vae.config.frame_size]
    latents, _ = vae.encode(whole, vae.initial_encoder_state())
    spoken, _ = vae.decode(latents, vae.initial_decoder_state())
    heard, said = (band_power(model, x) for x in (whole[..., : -vae.delay], spoken[..., vae.delay :]))
    return 10 * (heard / said).log10()


def band_power(model: Model, audio: Tensor) -> Tensor:
    """(bands,) the mean power of audio (1, 2, N), no less than the floor's."""
    spectrum = model.vae.spectrum
    power = (spectrum.transform(audio).abs() * (2 / spectrum.window.sum())).square().mean((0, 1, 2))
    return (spectrum.analysis @ power).clamp(min=10 ** (model.config.vae.floor / 10))


if __name__ == "__main__":
    main()
