"""`calm reconstruct`."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.audio import read
from engine.cli.options import add_model, add_output, load_model
from engine.cli.output import save

DOES = "Send a clip through the audio VAE and back."


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("input", type=Path, metavar="IN")
    add_output(to)
    add_model(to)


def run(arguments: argparse.Namespace) -> int:
    audio = read(arguments.input)
    model = load_model(arguments)

    from engine import generate

    path = save(arguments, generate.reconstruct(model, audio), audio.rate)
    print(f"{path}: {audio.seconds:.2f} s reconstructed")
    return 0
