"""`calm verify`: exit status 0 when the file holds what its recipe makes, 1 when it does not."""

from __future__ import annotations

import argparse
import dataclasses
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from engine.audio import read
from engine.cli.options import add_json, add_model, load_model
from engine.cli.output import print_result, show_progress
from engine.restore import restore

if TYPE_CHECKING:
    from engine.verify import Verdict

DOES = "Make a take again from the recipe in its file, and compare."
DIFFERENT = 1


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("file", type=Path, metavar="FILE")
    to.add_argument("--prompt", type=Path, metavar="CLIP", help="what was continued, if FILE is edited or lossy")
    add_model(to)
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    restored = restore(arguments.file)
    clip = read(arguments.prompt) if arguments.prompt else None
    arguments.device = arguments.device or restored.recipe.machine.device
    model = load_model(arguments)

    from engine.verify import verify

    def progress(done: int, total: int) -> None:
        show_progress(f"{100 * done // total} % made again")

    verdict = verify(restored, model, clip, progress, threading.Event())
    show_progress("")
    rate = restored.recipe.prompt.rate
    result = {"file": str(arguments.file), **dataclasses.asdict(verdict), "rate": rate}
    print_result(arguments, result, "\n".join([_in_words(verdict, rate), *verdict.notes]))
    return DIFFERENT if verdict.state == "different" else 0


def _in_words(verdict: Verdict, rate: int) -> str:
    seconds = f"{verdict.compared / rate:.2f} s after the cut"
    if verdict.state == "equal":
        return f"Equal: {seconds}, every sample"
    at = "nowhere" if verdict.first_difference is None else f"{verdict.first_difference / rate:.3f} s"
    ratio = "" if verdict.snr_db is None else f", signal-to-noise ratio {verdict.snr_db:.1f} dB"
    if verdict.state == "close":
        return f"Close: the recipe makes the very take, and the file holds it inexactly{ratio} ({seconds})"
    return f"Different: from {at} on{ratio} ({seconds})"
