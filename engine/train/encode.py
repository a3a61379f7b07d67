"""Stage 3: every song's latents, one float16 .npy (T, dim) per WAV file, and its labels without the notes beside them.

python -m engine.train.encode DATA VAE OUT [--share 1/2]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import soundfile
import torch

from engine.config import PRESETS
from engine.errors import CalmError
from engine.model.vae import SpectralVAE
from engine.train.run import load_vae
from engine.train.together import place

CHUNK_FRAMES = 50  # more fall out of the cache: 22x real time on one core, 19x with 250


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of WAV files from engine.train.render")
    parser.add_argument("vae", type=Path, help="run folder of engine.train.train_vae, or a model folder")
    parser.add_argument("out", type=Path)
    parser.add_argument("--preset", choices=PRESETS, default="studio", help="of the run folder")
    parser.add_argument("--share", type=share, default=(1, 1), help="2/3 encodes the second third of the songs only")
    arguments = parser.parse_args(argv)
    encode_folder(load_vae(arguments.vae, arguments.preset), arguments.data, arguments.out, *arguments.share)


def share(text: str) -> tuple[int, int]:
    """ "2/3" as (2, 3)."""
    part, parts = map(int, text.split("/"))
    return part, parts


def encode_folder(vae: SpectralVAE, data: Path, out: Path, part: int = 1, parts: int = 1) -> None:
    """Encode what is not encoded yet, with a progress line; processes that run side by side take a part each."""
    songs = sorted(data.glob("*.wav"))
    if not songs:
        raise CalmError(f"No WAV files in {data}", "Render some first: python -m engine.train.render --help")
    out.mkdir(parents=True, exist_ok=True)
    vae.to(place())
    files = [file for file in songs[part - 1 :: parts] if not (out / f"{file.stem}.npy").exists()]
    start = time.monotonic()
    for done, file in enumerate(files, 1):
        audio, _ = soundfile.read(file, dtype="float32", always_2d=True)
        labels = json.loads(file.with_suffix(".json").read_text())
        (out / f"{file.stem}.json").write_text(json.dumps(labels | {"notes": []}))
        np.save(out / f"{file.stem}.npy", encode_song(vae, audio.T).astype(np.float16))
        if done % 20 == 0 or done == len(files):
            left = (time.monotonic() - start) / done * (len(files) - done)
            print(f"encoded {done} of {len(files)}, ETA {left / 60:.1f} min", file=sys.stderr, flush=True)


@torch.inference_mode()
def encode_song(vae: SpectralVAE, audio: np.ndarray) -> np.ndarray:
    """Audio (2, N) at the VAE's rate -> latents (T, dim); what does not fill the last frame is left out."""
    size = vae.config.frame_size
    whole = torch.from_numpy(audio[:, : audio.shape[1] // size * size].copy())
    state, latents, device = vae.initial_encoder_state(), [], vae.level_mean.device
    for chunk in whole.split(CHUNK_FRAMES * size, dim=1):
        mean, state = vae.encode(chunk[None].to(device), state)
        latents.append(mean[0].cpu())
    return torch.cat(latents).numpy()


if __name__ == "__main__":
    main()
