"""Trains the network by which `engine.music` hears keys and chords, on songs whose truth is known.

    python -m engine.train.train_harmony data/train data/wide --through assets/models/studio --out runs/harmony

reads songs of engine.train.render from one folder or more, takes clips of engine.train.plain_music to them, and writes
engine/music/harmony.safetensors. Songs are heard once, at about 200x real time, and kept in the run's folder. Some are
heard once more as a model's VAE gives them back, at 17x real time: the ear hears takes as well, and judges them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn.functional import cross_entropy, interpolate

from engine import weights
from engine.model.calm import Model
from engine.music.harmony import PATH, Harmony
from engine.train.harmony_lessons import UNKNOWN, Batch, draw_batch, songs_of
from engine.train.precision import mixed
from engine.train.run import Ema, Run, set_rate

LENGTHS = (5.0, 5.0, 10.0, 10.0, 20.0)  # seconds, each as often
BATCH = 64  # stretches of 10 s, or as many longer ones as are as long together
PEAK_LR, DECAY = 2e-3, 0.02
DROPPED = 0.2
CHORDS = 0.5  # how much they count beside the key
# At most: deviation of a filter over all pitches, in nepers; share of tones left out, and of false ones.
COLOURED, LOST, FALSE = 1.0, 0.25, 0.03


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="folders from engine.train.render")
    parser.add_argument("--through", type=Path, help="folder of a model by whose VAE some songs are heard too")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    arguments = parser.parse_args(argv)
    through = arguments.through and weights.load(arguments.through, torch.device("cpu"), steps="torch")
    net = train(arguments.folders, arguments.out, arguments.minutes, through)
    arguments.output.write_bytes(save({name: tensor.half() for name, tensor in net.state_dict().items()}))


def train(folders: list[Path], out: Path, minutes: float, through: Model | None = None) -> Harmony:
    """The trained network, its averaged weights in place; everything is in ``out`` to be resumed."""
    songs = songs_of(folders, out / "heard", through)
    torch.manual_seed(0)
    net = Harmony(DROPPED).train()
    ema = Ema(net)
    optimizer = torch.optim.AdamW(net.parameters(), lr=PEAK_LR, weight_decay=DECAY)
    run = Run(out, minutes, {"net": net, "ema": ema, "optimizer": optimizer})
    random = np.random.default_rng(run.step)
    for step in run.steps():
        set_rate(optimizer, run.cosine(PEAK_LR))
        seconds = random.choice(LENGTHS)
        losses = learn(net, draw_batch(songs, seconds, min(BATCH, round(10 * BATCH / seconds)), random), random)
        optimizer.zero_grad()
        (losses["key"] + CHORDS * losses["chords"]).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        ema.update()
        if step % 20 == 0:
            run.log(**{name: loss.detach() for name, loss in losses.items()}, lr=optimizer.param_groups[0]["lr"])
    ema.copy_to(net)
    return net.eval()


def learn(net: Harmony, batch: Batch, random: np.random.Generator) -> dict[str, Tensor]:
    """Cross-entropies of keys and chords, in nats."""
    heights, chords, right = (torch.from_numpy(part) for part in batch)
    with mixed("cpu"):
        keys, likely = net(worn(heights, random))
    return {
        "key": cross_entropy(keys.flatten(1).float(), right),
        "chords": cross_entropy(likely.flatten(2).flatten(0, 1).float(), chords.flatten(), ignore_index=UNKNOWN),
    }


def worn(heights: Tensor, random: np.random.Generator) -> Tensor:
    """Heights (B, PITCHES, T) as other instruments, rooms and noises could have made them."""
    knots = random.uniform(0, COLOURED) * torch.randn(len(heights), 1, 9)
    colour = interpolate(knots, size=heights.shape[1], mode="linear", align_corners=True).transpose(1, 2).exp()
    kept = torch.rand_like(heights) > random.uniform(0, LOST)
    mean = heights.sum(1).mean(1)[:, None, None]
    false = torch.rand_like(heights) < random.uniform(0, FALSE)
    return heights * colour * kept + 0.1 * mean * false * torch.rand_like(heights)


if __name__ == "__main__":
    main()
