"""How continuations of unseen songs hold up: against what really follows, another song, and the VAE's ceiling.

    python -m engine.train.evaluate HELDOUT --clips 30 --seconds 30 [--rows "4 steps" "4 steps, as heard"] [--json]

Each row is a mean over the clips, for the seconds after a prompt of PROMPT_SECONDS. ``loudness_drift``: dB that the
last third differs from the prompt; ``spectrum``: mean absolute difference, in dB, of the band levels averaged over the
prompt and over the last third; ``tempo``: share of clips whose tempo lies within 4 % of the score's, octaves apart
counted as right; ``in_scale``: share of chroma energy on the score's scale (7 of 12 tones: chance is 0.58);
``on_chord``: the same on the tones of the score's chord at each moment; ``onsets``: attacks a second, over the true
continuation's; ``collapsed``: share of clips whose last third is silent (-50 dB), exploded (+9 dB over the prompt) or
frozen.

A row "as heard" is told the lead sheet that the prompt alone gives (`engine.music.follow`), one "by the score" the true
one, chords, form and all, one without either nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
import torch

from engine import device as devices
from engine import weights
from engine.audio import Audio
from engine.controls import Controls
from engine.generate import reconstruct
from engine.music.follow import follow
from engine.music.heard import hear
from engine.music.leadsheet import LeadSheet
from engine.train.continue_many import continue_many
from engine.train.labels import later, sheet_of
from engine.train.listen import Features, features, in_scale, on_chord, tempo_agrees

PROMPT_SECONDS = 5
START_SECONDS = 8  # past most intros
BATCH = 10
Telling = Literal["nothing", "as heard", "by the score"]


@dataclass(frozen=True)
class Row:
    """How the clips of one row of the table are continued."""

    controls: Controls
    told: Telling = "nothing"


ROWS = {
    "1 step": Row(Controls("consistency", 1)),
    "4 steps": Row(Controls("consistency", 4)),
    "16 steps": Row(Controls("trigflow", 16)),
    "100 steps": Row(Controls("trigflow", 100)),
    "1 step, as heard": Row(Controls("consistency", 1), "as heard"),
    "4 steps, as heard": Row(Controls("consistency", 4), "as heard"),
    "4 steps, by the score": Row(Controls("consistency", 4), "by the score"),
    "16 steps, by the score": Row(Controls("trigflow", 16), "by the score"),
    "100 steps, as heard": Row(Controls("trigflow", 100), "as heard"),
}


@dataclass(frozen=True, eq=False)
class Clip:
    """A held-out song: prompt and true continuation (2, N) at ``rate``, and its score."""

    prompt: np.ndarray
    truth: np.ndarray
    rate: int
    score: dict

    @property
    def seconds(self) -> float:
        return self.truth.shape[1] / self.rate

    def sheet(self, told: Telling) -> LeadSheet:
        """What is told of the clip, times from the start of the prompt."""
        if told == "by the score":
            return later(sheet_of(self.score), -START_SECONDS)
        return follow(hear(Audio(self.prompt, self.rate)), PROMPT_SECONDS, self.seconds)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heldout", type=Path, help="folder from engine.train.render with other seeds")
    parser.add_argument("--weights", type=Path, help="model folder; default: the bundled one")
    parser.add_argument("--clips", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--temperature", type=float, default=Controls().temperature)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    arguments = parser.parse_args(argv)
    model = weights.load(arguments.weights, devices.choose())
    clips = read_clips(arguments.heldout, arguments.clips, arguments.seconds)
    rows = {name: ROWS[name] for name in arguments.rows}
    rows = {
        name: replace(row, controls=replace(row.controls, temperature=arguments.temperature))
        for name, row in rows.items()
    }
    table = evaluate(model, clips, rows)
    for name, row in table.items():
        print(f"{name:24}" + "  ".join(f"{key} {value:6.2f}" for key, value in row.items()))
    if arguments.json:
        said = {"clips": len(clips), "seconds": arguments.seconds, "temperature": arguments.temperature, "rows": table}
        print(json.dumps(said))


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


def evaluate(model, clips: list[Clip], rows: dict[str, Row]) -> dict[str, dict[str, float]]:
    """The table, row by row, with a progress line."""
    continuations: dict[str, Callable[[list[Clip]], list[np.ndarray]]] = {
        "what really follows": lambda some: [clip.truth for clip in some],
        "the same, by the VAE": lambda some: [reconstruct(model, Audio(clip.truth, clip.rate)) for clip in some],
        "another song": lambda some: [clips[(clips.index(clip) + 1) % len(clips)].truth for clip in some],
    }
    for name, row in rows.items():
        continuations[name] = lambda some, row=row: continued(model, some, row)
    return {name: _row(name, clips, continuation) for name, continuation in continuations.items()}


def _row(name: str, clips: list[Clip], continuation: Callable[[list[Clip]], list[np.ndarray]]) -> dict[str, float]:
    verdicts = []
    for start in range(0, len(clips), BATCH):
        some = clips[start : start + BATCH]
        verdicts += [asdict(judge(clip, audio)) for clip, audio in zip(some, continuation(some), strict=True)]
        print(f"\r{name}: {len(verdicts)} of {len(clips)} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {key: float(np.mean([verdict[key] for verdict in verdicts])) for key in verdicts[0]}


def continued(model, clips: list[Clip], row: Row) -> list[np.ndarray]:
    """(2, N) what the model writes after each clip's prompt."""
    frames = round(clips[0].seconds * model.config.vae.frame_rate)
    sheets = None if row.told == "nothing" else [clip.sheet(row.told) for clip in clips]
    prompts, seeds = np.stack([clip.prompt for clip in clips]), [clip.score["seed"] for clip in clips]
    return list(continue_many(model, prompts, seeds, sheets, frames, row.controls))


@dataclass(frozen=True)
class Verdict:
    """One clip's line, as described above."""

    loudness_drift: float
    spectrum: float
    tempo: float
    in_scale: float
    on_chord: float
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
        on_chord=on_chord(audio, clip.rate, clip.score["chords"], START_SECONDS + PROMPT_SECONDS),
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
