"""How continuations of unseen songs hold up: against what really follows, another song, and the VAE's ceiling.

    python -m engine.train.evaluate HELDOUT --clips 20 --seconds 30 [--json]

Each row is a mean over the clips, for the seconds after a prompt of PROMPT_SECONDS. ``loudness_drift``: dB that the
last third differs from the prompt; ``spectrum``: mean absolute difference, in dB, of the band levels averaged over the
prompt and over the last third; ``tempo``: share of clips whose tempo lies within 4 % of the score's, octaves apart
counted as right; ``in_scale``: share of chroma energy on the score's scale (7 of 12 tones: chance is 0.58); ``onsets``:
attacks a second, over the true continuation's; ``collapsed``: share of clips whose last third is silent (-50 dB),
exploded (+9 dB over the prompt) or frozen.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch

from engine import device as devices
from engine import weights
from engine.audio import Audio
from engine.controls import ControlBox, Controls
from engine.generate import generate, reconstruct
from engine.request import Prompt, Request
from engine.take import Take
from engine.train.listen import Features, features, in_scale, tempo_agrees

PROMPT_SECONDS = 5
START_SECONDS = 8  # past most intros
SAMPLERS = {
    "1 step": Controls("consistency", 1),
    "4 steps": Controls("consistency", 4),
    "100 steps": Controls("trigflow", 100),
}


@dataclass(frozen=True, eq=False)
class Clip:
    """A held-out song: prompt and true continuation (2, N) at ``rate``, and its score."""

    prompt: np.ndarray
    truth: np.ndarray
    rate: int
    score: dict


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heldout", type=Path, help="folder from engine.train.render with other seeds")
    parser.add_argument("--weights", type=Path, help="model folder; default: the bundled one")
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--samplers", nargs="+", choices=SAMPLERS, default=list(SAMPLERS))
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    model = weights.load(arguments.weights, devices.choose())
    table = evaluate(model, read_clips(arguments.heldout, arguments.clips, arguments.seconds), arguments.samplers)
    for name, row in table.items():
        print(f"{name:20}" + "  ".join(f"{key} {value:6.2f}" for key, value in row.items()))
    if arguments.json:
        print(json.dumps({"clips": arguments.clips, "seconds": arguments.seconds, "rows": table}))


def read_clips(folder: Path, count: int, seconds: float) -> list[Clip]:
    """The first ``count`` songs of the folder that are long enough."""
    clips = []
    for path in sorted(folder.glob("*.wav")):
        audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
        start, cut = START_SECONDS * rate, (START_SECONDS + PROMPT_SECONDS) * rate
        stop = cut + round(seconds * rate)
        if len(audio) >= stop and len(clips) < count:
            score = json.loads(path.with_suffix(".json").read_text())
            clips.append(Clip(audio[start:cut].T.copy(), audio[cut:stop].T.copy(), rate, score))
    return clips


def evaluate(model, clips: list[Clip], samplers: list[str]) -> dict[str, dict[str, float]]:
    """The table, row by row, with a progress line."""
    others = {id(clip): other for clip, other in zip(clips, clips[1:] + clips[:1], strict=True)}
    continuations: dict[str, Callable[[Clip], np.ndarray]] = {
        "what really follows": lambda clip: clip.truth,
        "the same, by the VAE": lambda clip: reconstruct(model, Audio(clip.truth, clip.rate)),
        "another song": lambda clip: others[id(clip)].truth,
    }
    for name in samplers:
        continuations[name] = lambda clip, name=name: continued(model, clip, SAMPLERS[name])
    table = {}
    for name, continuation in continuations.items():
        rows = []
        for index, clip in enumerate(clips, 1):
            rows.append(asdict(judge(clip, continuation(clip))))
            print(f"\r{name}: {index} of {len(clips)} ", end="", file=sys.stderr, flush=True)
        table[name] = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    print(file=sys.stderr)
    return table


def continued(model, clip: Clip, controls: Controls) -> np.ndarray:
    """(2, N) what the model writes after the clip's prompt, as long as the truth."""
    prompt = Prompt(Audio(clip.prompt, clip.rate), "held out", 0, clip.prompt.shape[1])
    take = Take(Request(prompt, clip.truth.shape[1] / clip.rate, clip.score["seed"], controls), 1)
    for _ in generate(model, take, ControlBox(controls), threading.Event()):
        pass
    return take.samples[:, take.cut :]


@dataclass(frozen=True)
class Verdict:
    """One clip's line, as described above."""

    loudness_drift: float
    spectrum: float
    tempo: float
    in_scale: float
    onsets: float
    collapsed: float


def judge(clip: Clip, audio: np.ndarray) -> Verdict:
    """How (2, N) ``audio`` does as the continuation of the clip."""
    prompt, truth, whole = (features(part, clip.rate) for part in (clip.prompt, clip.truth, audio))
    end = features(audio[:, -audio.shape[1] // 3 :], clip.rate)
    return Verdict(
        loudness_drift=end.loudness - prompt.loudness,
        spectrum=float(np.abs(end.bands - prompt.bands).mean()),
        tempo=float(tempo_agrees(whole.flux, clip.score["tempo"])),
        in_scale=in_scale(whole.chroma, clip.score["tonic"], clip.score["mode"]),
        onsets=whole.onset_rate / max(truth.onset_rate, 0.1),
        collapsed=float(collapsed(prompt, end)),
    )


def collapsed(prompt: Features, end: Features) -> bool:
    silent = end.loudness < -50
    exploded = end.loudness > prompt.loudness + 9
    frozen = end.motion < 0.2 * prompt.motion
    return silent or exploded or frozen


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    main()
