"""`calm provenance`."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from engine.cli.options import add_json
from engine.cli.output import print_result
from engine.provenance import ENDING, Verdict, check

DOES = "Check the signed statement beside a sound file: who made which seconds, and whether it was changed."
CHANGED = 1


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("file", type=Path, metavar="FILE", help=f"the sound file, with FILE{ENDING} beside it")
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    """The exit status is 1 when something was changed."""
    verdict = check(arguments.file)
    print_result(arguments, dataclasses.asdict(verdict), _in_words(arguments.file, verdict))
    return CHANGED if verdict.state == "changed" else 0


def _in_words(file: Path, verdict: Verdict) -> str:
    said = verdict.provenance
    lines = [f"{file}: {verdict.state}. {verdict.reason}"]
    for origin in said.origins:
        start, stop = origin.start / said.sound.rate, origin.stop / said.sound.rate
        lines.append(f"{start:9.2f} to {stop:.2f} s: {origin.made_by}")
    lines.append(f"model {said.model.name}, {said.model.license}, sha256 {said.model.sha256}")
    lines.append(f"seed {said.seed}, prompt {said.prompt.name}, signed {said.signed} by CALM Studio {said.app}")
    return "\n".join(lines)
