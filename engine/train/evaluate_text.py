"""How well takes follow a text: a judge hears their style and instruments, beside those of real songs.

python -m engine.train.evaluate_text LATENTS HELDOUT [--sampler trigflow] [--steps 1] [--json]

LATENTS are what the judge learns from, HELDOUT the songs whose captions are followed: from nothing, the same with the
lead sheet that the caption suggests (`engine.text.imagine`), as the app has it, and after 5 s of another of these
songs, whose sound is held at the same time.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine import weights
from engine.controls import SAMPLERS, USUAL_STEPS, Controls
from engine.model.calm import Model
from engine.music.follow import Wishes
from engine.telling import softly
from engine.text.imagine import imagine
from engine.train.captions import caption
from engine.train.continue_many import Told, told_of, write_latents
from engine.train.text_judge import FRAMES, Judge, Verdict, clips_of, features_of, tags_of, train_judge, verdict
from engine.train.train_text import text_encoder

STRENGTHS = (0.0, 1.0, 2.0, 4.0, 6.0, 10.0)
PROMPT, ANOTHER = 125, 7  # frames of the prompt; how many songs on the one is whose prompt is heard
BEFORE = 25  # frames written before those that are judged
CAPTIONS = 3  # followed of each song
CUT = 0.5  # seconds of silence before, as in the app


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("latents", type=Path, help="folder from engine.train.encode")
    parser.add_argument("heldout", type=Path, help="latents of songs with other seeds")
    parser.add_argument("--weights", type=Path, help="model folder; default: the bundled one")
    parser.add_argument("--sampler", choices=SAMPLERS, default=Controls.sampler)
    parser.add_argument("--steps", type=int, help="default: 4 by consistency, 100 by trigflow")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args(argv)
    model = weights.load(arguments.weights, torch.device("cpu"))
    controls = Controls(arguments.sampler, arguments.steps or USUAL_STEPS[arguments.sampler])
    rows = evaluate(model, train_judge(arguments.latents), arguments.heldout, controls)
    print(json.dumps({name: asdict(row) for name, row in rows.items()}) if arguments.json else in_words(rows))


def evaluate(model: Model, judge: Judge, heldout: Path, controls: Controls) -> dict[str, Verdict]:
    """The real songs' row, then for each text strength one from nothing, one with a sheet, and one after another song's
    prompt."""
    songs = [
        (np.load(file), json.loads(file.with_suffix(".json").read_text())) for file in sorted(heldout.glob("*.npy"))
    ]
    songs = songs * CAPTIONS
    captions, tags = captions_of(songs), [tags_of(labels) for _, labels in songs]
    texts, sheets = embeddings_of(captions), imagined(model, captions)
    styles, families = torch.tensor([style for style, _ in tags]), torch.stack([family for _, family in tags])
    middle = np.stack([song[len(song) // 2 :][:PROMPT] for song, _ in songs]).astype(np.float32)
    others = torch.from_numpy(np.roll(middle, ANOTHER, axis=0))
    rows = {"real songs": verdict(judge, *clips_of(heldout))}
    for strength in STRENGTHS:
        follow = partial(_followed, model, texts=texts, controls=replace(controls, text_strength=strength))
        ways = {"from nothing": (None, None), "with a sheet": (None, sheets), "after another song": (others, None)}
        for name, (prompts, told) in ways.items():
            rows[f"{name}, {strength:g}"] = verdict(judge, features_of(follow(prompts, told)), styles, families)
    return rows


def captions_of(songs: list) -> list[str]:
    """One of each song."""
    random = np.random.default_rng(0)
    return [caption(labels, random) for _, labels in songs]


def embeddings_of(captions: list[str]) -> Tensor:
    """(N, EMBEDDING)"""
    encoder = text_encoder()
    return torch.stack([encoder(text) for text in captions])


def imagined(model: Model, captions: list[str]) -> Told | None:
    """What the sheets tell that captions suggest; None for a model that reads no sheets."""
    if model.calm.follow is None:
        return None
    frames, rate = BEFORE + FRAMES, model.config.vae.sample_rate
    seconds = frames / model.config.vae.frame_rate
    ideas = [imagine(text, CUT) for text in captions]
    sheets = [idea.sheet(CUT, seconds, Wishes(), seed) for seed, idea in enumerate(ideas)]
    return told_of(model, sheets, round(CUT * rate), frames)


@torch.inference_mode()
def _followed(model: Model, prompts: Tensor | None, told: Told | None, texts: Tensor, controls: Controls) -> Tensor:
    """Latents (N, FRAMES, dim) written to texts, and to sheets if there are any."""
    seeds, controls = list(range(len(texts))), controls if told is None else softly(controls)
    written = write_latents(model, prompts, seeds, told, texts, BEFORE + FRAMES, controls)
    return torch.cat(list(written), dim=1)[:, BEFORE:]


def in_words(rows: dict[str, Verdict]) -> str:
    lines = [f"{'text strength':28}style  of three  instruments"]
    lines += [
        f"{name:28}{row.style:.2f}   {row.style_of_three:.2f}      {row.instruments:.2f}" for name, row in rows.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
