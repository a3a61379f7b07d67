"""Learns what words say of tempo, mode, chords, style and instruments, for `engine.text.imagine`.

    python -m engine.train.fit_words SONGS

reads the scores in a folder of engine.train.render, words CAPTIONS captions of each (`engine.train.captions`), and
writes engine/text/imagine.safetensors: a linear map from the embedding of a caption. Three minutes on one core, nearly
all for the embeddings. Every tenth song is left out, to say how much is read of captions that were never seen.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from torch import Tensor, nn

from engine.errors import CalmError
from engine.music.key import MODE_OF
from engine.music.leadsheet import FAMILIES, STYLES
from engine.music.suggest import is_rich
from engine.text.imagine import MIDDLE_TEMPO, PATH, READ
from engine.train.captions import caption
from engine.train.labels import sheet_of
from engine.train.train_text import text_encoder

CAPTIONS = 4
LEFT_OUT = 10
STEPS, BATCH, RATE, DECAY = 3000, 512, 3e-2, 0.1


@dataclass(frozen=True)
class Described:
    """Embeddings (N, EMBEDDING) of captions, and what is true of their songs: (N, 3) octaves over MIDDLE_TEMPO, whether
    the key is minor, and whether the chords have sevenths; the numbers of STYLES (N,); and (N, FAMILIES) a 1 for
    each that plays."""

    embedded: Tensor
    numbers: Tensor
    styles: Tensor
    families: Tensor

    def rows(self, wanted) -> Described:
        return Described(*(part[wanted] for part in (self.embedded, self.numbers, self.styles, self.families)))


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path, help="folder from engine.train.render")
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    arguments = parser.parse_args(argv)
    scores = [json.loads(path.read_text("utf-8")) for path in sorted(arguments.songs.glob("*.json"))]
    if len(scores) < 2 * LEFT_OUT:
        raise CalmError(f"There are {len(scores)} songs, too few", "Render some hundred with engine.train.render")
    learned_from = [score for number, score in enumerate(scores) if number % LEFT_OUT]
    layer = fit(described(learned_from))
    print(in_words(judge(layer, described(scores[::LEFT_OUT]))))
    found = {"matrix": layer.weight.T, "bias": layer.bias}
    save_file({name: part.detach().half().contiguous().numpy() for name, part in found.items()}, arguments.output)


def described(scores: Iterable[dict]) -> Described:
    encoder, random = text_encoder(), np.random.default_rng(0)
    rows = [(encoder(caption(score, random)), *_truth(score)) for score in scores for _ in range(CAPTIONS)]
    return Described(*(torch.stack(column) for column in zip(*rows, strict=True)))


def _truth(score: dict) -> tuple[Tensor, Tensor, Tensor]:
    sheet, families = sheet_of(score), torch.zeros(FAMILIES)
    families[list(sheet.families)] = 1
    rich = is_rich((chord.root, chord.pitches, chord.stop - chord.start) for chord in sheet.chords)
    numbers = [np.log2(score["tempo"] / MIDDLE_TEMPO), MODE_OF[score["mode"]] == "minor", rich]
    return torch.tensor(numbers, dtype=torch.float32), torch.tensor(STYLES.index(sheet.style)), families


def fit(songs: Described) -> nn.Linear:
    torch.manual_seed(0)
    layer = nn.Linear(songs.embedded.shape[1], sum(READ.values()))
    optimiser = torch.optim.AdamW(layer.parameters(), RATE, weight_decay=DECAY)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        batch = songs.rows(torch.randint(len(songs.embedded), (BATCH,)))
        loss = _loss(_read(layer, batch), batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        slower.step()
    return layer


def _read(layer: nn.Linear, songs: Described) -> dict[str, Tensor]:
    return dict(zip(READ, layer(songs.embedded).split(list(READ.values()), dim=1), strict=True))


def _loss(read: dict[str, Tensor], songs: Described) -> Tensor:
    tempo, *choices = songs.numbers.split(1, dim=1)
    yes_or_no = F.binary_cross_entropy_with_logits
    chosen = sum(yes_or_no(read[name], right) for name, right in zip(("minor", "sevenths"), choices, strict=True))
    of_song = F.cross_entropy(read["style"], songs.styles) + yes_or_no(read["families"], songs.families)
    return F.mse_loss(read["tempo"], tempo) + chosen + of_song


@torch.no_grad()
def judge(layer: nn.Linear, songs: Described) -> dict[str, float]:
    """The mean error of the tempo, in octaves; the share of songs whose mode, kind of chords and style are read
    rightly; the share of the families read that play, and of those that play that are read."""
    read = _read(layer, songs)
    likely, playing = read["families"] > 0, songs.families > 0
    both = (likely & playing).sum()
    return {
        "tempo": (read["tempo"][:, 0] - songs.numbers[:, 0]).abs().mean().item(),
        "minor": ((read["minor"][:, 0] > 0) == (songs.numbers[:, 1] > 0)).float().mean().item(),
        "sevenths": ((read["sevenths"][:, 0] > 0) == (songs.numbers[:, 2] > 0)).float().mean().item(),
        "style": (read["style"].argmax(1) == songs.styles).float().mean().item(),
        "families read that play": (both / likely.sum().clamp(min=1)).item(),
        "families playing that are read": (both / playing.sum()).item(),
    }


def in_words(judged: dict[str, float]) -> str:
    return "\n".join(f"{name:32}{value:.2f}" for name, value in judged.items())


if __name__ == "__main__":
    main()
