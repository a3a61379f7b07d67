"""Stage 6, text: teach a trained CALM to follow a description, with everything else frozen.

python -m engine.train.train_text LATENTS CALM OUT --heldout LATENTS --minutes 13

After some frames the music itself says what a caption could say of it. So what is learned from is beginnings: the
first FRAMES of stretches that start anywhere. Of 64 frames, text told nothing that helped on unseen songs (velocity
error 0.4244 with the caption, 0.4247 with another song's, after 200 steps); of 8 it did (0.494, 0.499, after 340).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.config import PRESETS
from engine.errors import CalmError
from engine.model.calm import Calm
from engine.text.minilm import TextEncoder
from engine.text.package import folder
from engine.train.captions import caption
from engine.train.lessons import examine, read
from engine.train.objectives import LossWeight, draw_times, trigflow_loss
from engine.train.precision import mixed
from engine.train.run import Ema, Run, load_calm, set_rate
from engine.train.together import place

FRAMES, BATCH = 8, 256
WORDINGS = 12  # captions of each song
LESSONS = 2  # steps on each batch, each with other wordings
LR = 2e-3
HELDOUT_EVERY = 100


class TextTraining(nn.Module):
    """The parameters that this stage trains."""

    def __init__(self, calm: Calm):
        super().__init__()
        self.text, self.weight = calm.text, LossWeight()

    def forward(self, head: nn.Module, z: Tensor, x: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Z (B, S, width) that was told nothing, the frames x (B, S, dim) to come and the embeddings (B, EMBEDDING) of
        their captions -> TrigFlow loss and velocity error."""
        bent, x0 = self.text(z, told.unsqueeze(1)).flatten(0, 1), x.flatten(0, 1)
        return trigflow_loss(lambda x_t, t: head(x_t, t, bent), self.weight, x0, draw_times(x0))


class Described:
    """Beginnings of stretches of encoded songs, and embeddings of the songs' captions."""

    def __init__(self, latents: Path, encoder: TextEncoder, seed: int):
        self.random = np.random.default_rng(seed)
        files = sorted(latents.glob("*.npy"))
        self.songs = [np.load(file, allow_pickle=False) for file in files]
        self.told = torch.stack([self._told(file, encoder) for file in files])

    def _told(self, file: Path, encoder: TextEncoder) -> Tensor:
        labels = json.loads(file.with_suffix(".json").read_text())
        print(f"\rreading captions: {file.stem}", end="", file=sys.stderr, flush=True)
        return torch.stack([encoder(caption(labels, self.random)) for _ in range(WORDINGS)])

    def batch(self, size: int) -> tuple[Tensor, np.ndarray]:
        """Latents (size, FRAMES, dim), float32, and the numbers of their songs."""
        picks = self.random.integers(len(self.songs), size=size)
        starts = [self.random.integers(len(self.songs[pick]) - FRAMES + 1) for pick in picks]
        crops = [self.songs[pick][start : start + FRAMES] for pick, start in zip(picks, starts, strict=True)]
        return torch.from_numpy(np.stack(crops).astype(np.float32)), picks

    def captions(self, picks: np.ndarray) -> Tensor:
        """Embeddings (B, EMBEDDING) of one caption of each song, another one at every call."""
        return self.told[picks, self.random.integers(WORDINGS, size=len(picks))]


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("calm", type=Path, help="run folder of engine.train.train_calm, or a model folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--heldout", type=Path, required=True, help="latents of songs with other seeds")
    parser.add_argument("--minutes", type=float, default=13)
    parser.add_argument("--preset", choices=PRESETS, default="studio", help="of the run folder")
    train(**vars(parser.parse_args(argv)))


def train(latents: Path, calm: Path, out: Path, heldout: Path, minutes: float, preset: str) -> None:
    teacher = load_calm(calm, preset)
    teacher.to(device := place())
    training = TextTraining(teacher).to(device).requires_grad_(True)
    head, encoder = teacher.heads["trigflow"], text_encoder()
    ema = Ema(training)
    optimizer = torch.optim.AdamW(training.parameters(), lr=LR, betas=(0.9, 0.95), weight_decay=0.01)
    songs, unseen = Described(latents, encoder, seed=0), Described(heldout, encoder, seed=1)
    run = Run(out, minutes, {"training": training, "ema": ema, "optimizer": optimizer})
    songs.random = np.random.default_rng(run.step)
    beginnings, picks = unseen.batch(2 * BATCH)
    exam = read(teacher, beginnings.to(device))
    songs_told = picks, (picks + 1) % len(unseen.songs)
    right, wrong = (unseen.captions(told).to(device) for told in songs_told)
    for step in run.steps():
        if step % LESSONS == 0 or step == run.first:
            beginnings, picked = songs.batch(BATCH)
            z, x = read(teacher, beginnings.to(device))
        set_rate(optimizer, run.cosine(LR))
        with mixed(device.type):
            loss, error = training(head, z, x, songs.captions(picked).to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema.update()
        metrics = {"v_loss": error, "lr": optimizer.param_groups[0]["lr"]}
        if step % HELDOUT_EVERY == 0:
            told = {"heldout": right, "another_song": wrong, "free": torch.zeros_like(right)}
            metrics |= {f"{name}_v_loss": examine(training, head, *exam, each) for name, each in told.items()}
        if step % 10 == 0:
            run.log(**metrics)


def text_encoder() -> TextEncoder:
    """CalmError if its package is not installed."""
    if (weights := folder()) is None:
        raise CalmError("The text encoder is not installed", "python3 installers/run.py test installs it")
    return TextEncoder(weights)


if __name__ == "__main__":
    main()
