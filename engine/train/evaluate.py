"""How continuations of unseen songs hold up: against what really follows, other music, and noise.

    python -m engine.train.evaluate HELDOUT [--clips 100] [--seconds 30] [--rows "4 steps" "4 steps, as heard"] [--json]

Each row is a mean over the clips, for the seconds after a prompt of 5 s; `engine.train.judge_take` says what is
measured. A row "as heard" is told the lead sheet that the prompt alone gives (`engine.music.follow`), "free" of that
tempo, bars and key alone, "own chords" chords that were drawn for it instead (`engine.music.suggest`), "by the score"
the true sheet, form and all; one without any of these nothing. But for what was heard, harmony is followed as firmly
as a chart that was written. The rows that no model wrote (`engine.train.known_takes`) are what the others are read
against, with --brief the first two of them alone; "songs set apart" is there if HELDOUT has twice as many songs as are
asked for.

Every verdict is stored in OUT/verdicts.jsonl at once. Started again, the command goes on from there and does only what
is new; for other songs, or after a change to a measure, choose another OUT. Sound and pictures of the first clips are
in OUT/cases. Takes that are longer than the songs are judged by as much of the song as there is.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import get_args

import torch

from engine import device as devices
from engine import weights
from engine.controls import USUAL_HARMONY, Controls, Sampler
from engine.errors import CalmError
from engine.similarity import SONGS_FILE, load_songs
from engine.step_names import NAMES
from engine.train.evaluation import Evaluation, Way, evaluate
from engine.train.heldout import Telling, read_clips
from engine.train.take_table import text_of

LEAST_SECONDS = 5  # in which anything can be said of tempo, key and copies
FAILED, INTERRUPTED = 2, 130
KNOBS = ("temperature", "follow", "harmony", "recall")
USUAL = asdict(Controls()) | {"harmony": "as heard {:g}, others {:g}".format(*USUAL_HARMONY.values())}
STEPS: dict[str, tuple[Sampler, int]] = {
    "1 step": ("consistency", 1), "4 steps": ("consistency", 4), "16 steps": ("trigflow", 16),
    "100 steps": ("trigflow", 100),
}  # fmt: skip
TELLINGS: dict[str, Telling] = {"": "nothing"} | {f", {told}": told for told in get_args(Telling) if told != "nothing"}
ROWS = {
    name + ending: Way(Controls(*steps, harmony=USUAL_HARMONY[told not in ("nothing", "as heard")]), told)
    for ending, told in TELLINGS.items()
    for name, steps in STEPS.items()
}


def main(argv: list[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        knobs = {knob: value for knob in KNOBS if (value := getattr(arguments, knob)) is not None}
        ways = {name: _at(ROWS[name], knobs) for name in arguments.rows}
        evaluation = _prepared(arguments)
        table = evaluate(evaluation, ways)
    except CalmError as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(f"evaluate: interrupted; the same command goes on from {arguments.out}", file=sys.stderr)
        return INTERRUPTED
    clips = len(evaluation.clips)
    print(text_of(table, clips))
    if arguments.json:
        said = {"clips": clips, "seeds": arguments.seeds, "seconds": arguments.seconds}
        said |= {"arithmetic": evaluation.model.info["arithmetic"]}
        said |= {"controls": {name: asdict(way.controls) for name, way in ways.items()}}
        print(json.dumps(said | {"rows": table}))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heldout", type=Path, help="folder from engine.train.render with other seeds")
    parser.add_argument("--weights", type=Path, default=weights.DEFAULT, help="model folder; default: the bundled one")
    parser.add_argument("--clips", type=int, default=100, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=30, help="default: %(default)s")
    for knob in KNOBS:
        parser.add_argument(f"--{knob}", type=float, help=f"of every row; default: {USUAL[knob]}")
    parser.add_argument("--rows", nargs="*", choices=ROWS, default=list(ROWS), help="that the model writes")
    parser.add_argument("--seeds", type=int, default=1, help="takes of each clip and row")
    parser.add_argument("--brief", action="store_true", help="of the known rows only the truth and the VAE's")
    parser.add_argument("--arithmetic", choices=NAMES, help="how frames are computed; default: the device's best")
    parser.add_argument("--cases", type=int, default=10, help="clips whose sound and pictures are kept")
    parser.add_argument("--out", type=Path, default=Path("runs/evaluate"), help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the table as JSON on the last line")
    return parser


def _at(way: Way, knobs: dict[str, float]) -> Way:
    return replace(way, controls=replace(way.controls, **knobs))


def _prepared(arguments: argparse.Namespace) -> Evaluation:
    if min(arguments.clips, arguments.seeds) < 1 or arguments.seconds < LEAST_SECONDS:
        advice = f"Use at least one clip, one seed and {LEAST_SECONDS} seconds"
        raise CalmError("That is too little to judge", advice)
    index = arguments.weights / SONGS_FILE
    clips = read_clips(arguments.heldout, 2 * arguments.clips, arguments.seconds)
    return Evaluation(
        model=weights.load(arguments.weights, devices.choose(), steps=arguments.arithmetic),
        clips=clips[: arguments.clips],
        out=arguments.out,
        apart=clips[arguments.clips :],
        songs=load_songs(index) if index.is_file() else None,
        kept=arguments.cases,
        seeds=arguments.seeds,
        brief=arguments.brief,
    )


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.exit(main())
