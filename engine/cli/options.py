"""The options that several commands share, and what they stand for."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.cli.output import show_progress

DEPTHS = ("16", "24", "32f")


def add_output(to: argparse.ArgumentParser) -> None:
    to.add_argument("-o", "--output", type=wav_path, required=True, metavar="OUT.wav", help="never overwrites a file")
    to.add_argument("--depth", choices=DEPTHS, default="24", help="bits of a sample; 32f is float (default: 24)")


def add_model(to: argparse.ArgumentParser) -> None:
    to.add_argument("--weights", type=Path, metavar="FOLDER", help="a model's folder (default: the bundled model)")
    to.add_argument("--device", help="cpu, cuda or mps (default: the best there is)")


def add_json(to: argparse.ArgumentParser) -> None:
    to.add_argument("--json", action="store_true", help="print the result as one line of JSON")


def wav_path(text: str) -> Path:
    """Refuse before any work is done what could not be saved after it."""
    path = Path(text)
    if path.suffix.lower() != ".wav":
        raise argparse.ArgumentTypeError(f"{text} must end in .wav, the only format written")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def load_model(arguments: argparse.Namespace):
    """The model that `add_model`'s options name. Brings torch with it."""
    from engine import device, weights

    def progress(done_mb: float, total_mb: float, note: str) -> None:
        show_progress(f"{note}: {done_mb:.0f} of {total_mb:.0f} MB")

    return weights.load(arguments.weights, device.choose(arguments.device), progress)
