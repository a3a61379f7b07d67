"""`calm`: the engine without a window. Results go to stdout, all else to stderr; torch is loaded only when needed.

One module per command, each with `DOES` (one sentence), `add_arguments(parser)` and `run(arguments) -> exit status`.
"""

from __future__ import annotations

import argparse
import sys

from engine.cli import bench, continue_, export, hear, info, midi, models, provenance, reconstruct, rerender, verify
from engine.cli.output import show_progress
from engine.errors import CalmError

COMMANDS = {
    "continue": continue_,
    "export": export,
    "reconstruct": reconstruct,
    "hear": hear,
    "info": info,
    "verify": verify,
    "rerender": rerender,
    "bench": bench,
    "models": models,
    "midi": midi,
    "provenance": provenance,
}
FAILED = 2
INTERRUPTED = 130  # what a shell reports for a program ended by Ctrl-C


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0, 2 after an error, or 130 after Ctrl-C."""
    arguments = parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except CalmError as error:
        show_progress("")
        print(f"calm: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("calm: interrupted, nothing was written", file=sys.stderr)
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="calm", description="Continue music on your own machine.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        added = commands.add_parser(name, help=command.DOES, description=command.DOES)
        command.add_arguments(added)
        added.set_defaults(run=command.run)
    return top
