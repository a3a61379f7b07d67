"""What phases cost: clips drawn by a model's spectral VAE, and sounded with several ways to come by their phases.

    python -m engine.train.evaluate_phases FOLDER [--model MODEL] [--head RUN] [--clips 10] [--seconds 10] [--json]

Clips and measures are those of engine.train.evaluate_vae; magnitudes are the same in every row, and so is the angle
between left and right, but in the last. Phases are drawn at random; locked to peaks that turn at their own frequencies;
the same, each lobe spread over a hop; the same, placed where attacks lie, which is the decoder; these refined by the
head of a run of engine.train.train_phases, which weighs magnitudes too; and the source's own.
"rise" is how steeply the level climbs at the source's attacks; as random phases fluctuate, they climb everywhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine import device as devices
from engine import weights
from engine.errors import CalmError
from engine.model.calm import Model
from engine.model.phase import lock, placed
from engine.model.vae import SpectralVAE
from engine.train import judge_music
from engine.train.evaluate_vae import FAILED, audio_files, print_table, read_clip
from engine.train.judge_vae import MEASURES, Clip, judge, mean
from engine.train.phase_head import PhaseHead
from engine.train.train_phases import read
from engine.train.true_phase import Drawn, draw, sound
from engine.train.voicing import Voiced

RISE = "rise"
RISE_MEANING = "dB by which 11 ms are louder than the 11 ms before, at most, within 32 ms of the source's attacks"
STEP, HALF, REACH = 128, 4, 12  # samples in a moment, moments in what is compared, and either side of an attack
ROUTES = ("random", "locked", "spread", "placed")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="of audio files; those in folders below it count too")
    parser.add_argument("--model", type=Path, help="model folder; default: the bundled one")
    parser.add_argument("--head", type=Path, help="run folder of engine.train.train_phases")
    parser.add_argument("--clips", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=10, help="of each clip; shorter files are taken whole")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON on the last line")
    arguments = parser.parse_args(argv)
    try:
        model = weights.load(arguments.model, devices.choose())
        means = evaluate(model, arguments.folder, arguments.clips, arguments.seconds, arguments.head)
    except CalmError as error:
        print(f"evaluate_phases: {error}", file=sys.stderr)
        return FAILED
    print_table("Phases", means, [*MEASURES, RISE])
    print("\n".join(f"{measure:>10}: {meaning}" for measure, meaning in (MEASURES | {RISE: RISE_MEANING}).items()))
    if arguments.json:
        print(json.dumps(means))
    return 0


def evaluate(
    model: Model, folder: Path, count: int, seconds: float, run: Path | None = None
) -> dict[str, dict[str, float | None]]:
    """Mean figures of the first ``count`` usable files, by route; a head's if its ``run`` is given."""
    if not isinstance(model.vae, SpectralVAE):
        raise CalmError(
            "This model's VAE makes no phases: it decodes to waveforms", "Choose a model with a spectral VAE"
        )
    head = read(run, model.vae) if run else None
    verdicts: list[dict[str, tuple]] = []
    for path in audio_files(folder):
        if len(verdicts) == count:
            break
        try:
            clip = read_clip(path, seconds, model.config.vae.sample_rate)
        except CalmError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        verdicts.append({name: judged(clip, samples) for name, samples in sounds(model.vae, clip, head).items()})
        print(f"{len(verdicts)} of at most {count} clips: {clip.name}", file=sys.stderr, flush=True)
    if not verdicts:
        raise CalmError(f"There is nothing to judge in {folder}", "It must hold sound of at least a second")
    return {name: _mean([verdict[name] for verdict in verdicts]) for name in verdicts[0]}


def judged(clip: Clip, samples: np.ndarray) -> tuple:
    """Its judgement, and its rise in dB."""
    return judge(clip, samples), rise(clip.audio.samples, samples, clip.audio.rate)


def _mean(rows: list[tuple]) -> dict[str, float | None]:
    rises = [rise for _, rise in rows if rise is not None]
    return mean([row for row, _ in rows]) | {RISE: float(np.mean(rises)) if rises else None}


def sounds(vae: SpectralVAE, clip: Clip, head: PhaseHead | None = None) -> dict[str, np.ndarray]:
    """The source and, by every route, float32 (2, N)."""
    drawn = draw(vae, clip.audio.samples)
    lean = drawn.outline.lean
    made = routes(vae, drawn)
    heard = {name: sound(vae, drawn, torch.stack([phase - lean, phase + lean], dim=1)) for name, phase in made.items()}
    if head:
        heard["refined"] = refined(vae, drawn, made["placed"], head)
    return {"the source": clip.audio.samples} | heard | {"true": sound(vae, drawn, drawn.spectra.angle())}


def refined(vae: SpectralVAE, drawn: Drawn, phases: Tensor, head: PhaseHead) -> np.ndarray:
    """What is drawn with the vocoder's ``phases`` (1, hops, bins), as a head makes it, float32 (2, N)."""
    curves, _, magnitudes, lean = drawn.outline
    voiced = head(Voiced(torch.cat([curves, curves[:, -1:]], dim=1), magnitudes, lean, phases))
    weighed = drawn._replace(outline=drawn.outline._replace(magnitudes=voiced.magnitudes))
    return sound(vae, weighed, voiced.spectra().angle())


def routes(vae: SpectralVAE, drawn: Drawn) -> dict[str, Tensor]:
    """Phases (1, hops, bins) of the middle between L and R, by route."""
    levels, pitches = (part.transpose(0, 1).float().cpu().numpy() for part in drawn.outline[:2])
    tell = partial(vae.spectrum.pitches.strongest, pitches[:, 0])
    locked = lock(levels, tell, np.zeros(levels.shape[1:]), vae.config.hop)
    around = np.concatenate([np.full_like(levels[:1], vae.config.floor), levels, levels[-1:]])
    there = placed(locked.spread, locked.offset, around[2:] - around[:-2], vae.config.hop)
    made = (np.random.default_rng(0).uniform(0, 2 * np.pi, levels.shape), locked.phase, locked.spread, there)
    return {
        name: torch.from_numpy(phase).transpose(0, 1).to(drawn.outline.lean)
        for name, phase in zip(ROUTES, made, strict=True)
    }


def rise(source: np.ndarray, decoded: np.ndarray, rate: int) -> float | None:
    """RISE of float32 (2, N), in the mean over the attacks of the source; None if it has none."""
    power = np.square(decoded.mean(0))
    level = np.convolve(power[: len(power) // STEP * STEP].reshape(-1, STEP).mean(1), np.ones(HALF) / HALF, "valid")
    climb = 10 * np.log10((level[HALF:] + 1e-9) / (level[:-HALF] + 1e-9))  # [i]: at moment i + HALF
    middles = (judge_music.attacks(source, rate) * rate / STEP).astype(int) - HALF
    found = [climb[max(0, at - REACH) : at + REACH] for at in middles]
    steepest = [part.max() for part in found if len(part)]
    return float(np.mean(steepest)) if steepest else None


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.exit(main())
