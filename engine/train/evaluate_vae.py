"""What the ear does to sound: the round trip of clips through a model's VAE, beside codecs and known damage.

    python -m engine.train.evaluate_vae FOLDER [--model MODEL] [--clips 20] [--seconds 10] [--out DIR] [--json]

FOLDER holds audio files, one clip from the middle of each; a song of engine.train.render is judged by its score too.
Clips are brought to the VAE's rate first. The rows of codecs and damage are the ladder on which the VAE's row is read:
figures of other clips, or with other settings of a measure, cannot be compared with these. "with true phase" is what a
spectral VAE's levels would be worth if its phases were right. Sources, reconstructions and spectrograms go to DIR.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch

from engine import audio, weights
from engine import device as devices
from engine.errors import CalmError
from engine.generate import reconstruct
from engine.model.calm import Model
from engine.model.vae import SpectralVAE
from engine.train.damage import LADDER, Damaged
from engine.train.judge_vae import MEASURES, Clip, Judgement, bars, judge, mean
from engine.train.pictures import draw_spectrograms
from engine.train.true_phase import with_true_phase

ENDINGS = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif"}
MIN_SECONDS = 1.0
FAILED, INTERRUPTED = 2, 130
Means = dict[str, dict[str, float | None]]


@dataclass(frozen=True, eq=False)
class Verdict:
    """One clip sent through everything: by name of the row its judgement and, for codecs, its kbit/s."""

    clip: str
    judgements: dict[str, Judgement]
    kilobits: dict[str, float]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="of audio files; those in folders below it count too")
    parser.add_argument("--model", type=Path, help="model folder; default: the bundled one")
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10, help="of each clip; shorter files are taken whole")
    parser.add_argument("--out", type=Path, default=Path("runs/evaluate_vae"), help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON on the last line")
    arguments = parser.parse_args(argv)
    try:
        model = weights.load(arguments.model, devices.choose())
        verdicts = evaluate(model, arguments.folder, arguments.clips, arguments.seconds, arguments.out)
    except CalmError as error:
        print(f"evaluate_vae: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(f"evaluate_vae: interrupted; the clips done so far are in {arguments.out}", file=sys.stderr)
        return INTERRUPTED
    say(verdicts, arguments.json)
    return 0


def evaluate(model: Model, folder: Path, count: int, seconds: float, out: Path) -> list[Verdict]:
    """Judge the first ``count`` usable files of the folder, with a line of progress for each; sounds and pictures go to
    ``out``."""
    files, verdicts, start = audio_files(folder), [], time.monotonic()
    count = min(count, len(files))
    for path in files:
        if len(verdicts) == count:
            break
        try:
            clip = read_clip(path, seconds, model.config.vae.sample_rate)
        except CalmError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        verdicts.append(verdict(model, clip, out))
        left = (time.monotonic() - start) / len(verdicts) * (count - len(verdicts))
        print(f"{len(verdicts)} of {count} clips, ETA {left / 60:.1f} min: {clip.name}", file=sys.stderr, flush=True)
    if not verdicts:
        raise CalmError(f"There is nothing to judge in {folder}", f"It must hold sound of at least {MIN_SECONDS:.0f} s")
    return verdicts


def audio_files(folder: Path) -> list[Path]:
    """All files with an audio file's ending, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)


def read_clip(path: Path, seconds: float, rate: int) -> Clip:
    """The middle of a file, at ``rate``. CalmError if it cannot be read, is too short or silent."""
    whole = audio.read(path)
    length = min(whole.samples.shape[1], round(seconds * whole.rate))
    start = (whole.samples.shape[1] - length) // 2
    part = audio.stereo(audio.resample(whole.samples[:, start : start + length], whole.rate, rate))
    clip = audio.Audio(np.ascontiguousarray(part), rate)
    audio.check_prompt(clip, path.name)
    if clip.seconds < MIN_SECONDS:
        raise CalmError(f"{path.name} is only {clip.seconds:.2f} s long", f"Use at least {MIN_SECONDS:.0f} s")
    return Clip(path.stem, clip, start / whole.rate, score_beside(path))


def score_beside(path: Path) -> dict | None:
    """The score that engine.train.render wrote beside a song; None for any other file."""
    labels = path.with_suffix(".json")
    if not labels.is_file():
        return None
    try:
        return json.loads(labels.read_text())
    except ValueError as error:
        raise CalmError(f"{labels.name} is damaged: it is not JSON", "Render the song again") from error


def verdict(model: Model, clip: Clip, out: Path) -> Verdict:
    """Every row of one clip; its source and reconstruction are stored."""
    samples, rate = clip.audio.samples, clip.audio.rate
    through = reconstruct(model, clip.audio)
    store(out, clip, through)
    rows = {"the source": Damaged(samples), "the VAE": Damaged(through)}
    if isinstance(model.vae, SpectralVAE):
        rows["with true phase"] = Damaged(with_true_phase(model.vae, samples))
    rows |= {name: rung(samples, rate) for name, rung in LADDER.items()}
    return Verdict(
        clip.name,
        {name: judge(clip, row.samples) for name, row in rows.items()},
        {name: row.kilobits for name, row in rows.items() if row.kilobits},
    )


def store(out: Path, clip: Clip, through: np.ndarray) -> None:
    """Write NAME.source.wav, NAME.vae.wav (24 bits) and NAME.png to ``out``."""
    sounds = {"source": clip.audio.samples, "vae": through}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, samples in sounds.items():
            soundfile.write(out / f"{clip.name}.{name}.wav", samples.T, clip.audio.rate, "PCM_24")
        draw_spectrograms(out / f"{clip.name}.png", sounds, clip.audio.rate)
    except (OSError, soundfile.SoundFileError) as error:
        raise CalmError(f"Nothing can be written to {out}: {error}", "Choose another folder with --out") from error


def say(verdicts: list[Verdict], as_json: bool) -> None:
    """Print the tables, what the columns mean, and the bars."""
    means = {name: mean([verdict.judgements[name] for verdict in verdicts]) for name in verdicts[0].judgements}
    kilobits = {name: float(np.mean([verdict.kilobits[name] for verdict in verdicts])) for name in verdicts[0].kilobits}
    told = bars(means["the VAE"], means)
    print_table("The VAE, clip by clip", {v.clip: asdict(v.judgements["the VAE"]) for v in verdicts})
    names = {name: f"{name} ({kilobits[name]:.0f} kbit/s)" if name in kilobits else name for name in means}
    print_table(f"Means of {len(verdicts)} clips", {names[name]: row for name, row in means.items()})
    print("\n".join(f"{measure:>10}: {meaning}" for measure, meaning in MEASURES.items()))
    for bar in told:
        print(f"{'met' if bar.met else 'NOT MET':>8}  {bar.measure:10} {bar.value:6.2f}   asked: {bar.asked}")
    if as_json:
        clips = {v.clip: {name: asdict(row) for name, row in v.judgements.items()} for v in verdicts}
        result = {"clips": clips, "means": means, "kilobits": kilobits, "bars": [asdict(bar) for bar in told]}
        print(json.dumps(result))


def print_table(title: str, rows: Means, measures: Iterable[str] = MEASURES) -> None:
    width = max(map(len, rows)) + 2
    print(f"{title:{width}}" + "".join(f"{measure:>10}" for measure in measures))
    for name, row in rows.items():
        cells = ("-" if row[measure] is None else f"{row[measure]:.2f}" for measure in measures)
        print(f"{name:{width}}" + "".join(f"{cell:>10}" for cell in cells))
    print()


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.exit(main())
