"""What a command leaves behind: a file, a line of progress, a result."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from engine.export import write_wav


def save(arguments: argparse.Namespace, samples: np.ndarray, rate: int) -> Path:
    """Write float32 (channels, N) to the output asked for, and say so if it became another name."""
    return say_if_renamed(arguments, write_wav(arguments.output, samples, rate, arguments.depth))


def say_if_renamed(arguments: argparse.Namespace, path: Path) -> Path:
    """`path`, after a word to the user if it is not the output asked for."""
    if path != arguments.output:
        print(f"calm: {arguments.output} exists already, so this was written to {path}", file=sys.stderr)
    return path


def show_progress(text: str) -> None:
    """Replace the line of progress, for someone who watches."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def print_result(arguments: argparse.Namespace, result: dict, text: str) -> None:
    print(json.dumps(result) if arguments.json else text)
