"""`calm hear`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from engine.cli.options import add_json
from engine.cli.output import print_result
from engine.music.heard import Heard, hear
from engine.request import Prompt

DOES = "Say in which tempo, metre and key a clip is, and which chords it has."


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("file", type=Path, metavar="FILE")
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    prompt = Prompt.from_file(arguments.file)
    heard = hear(prompt.audio, prompt.told)
    print_result(arguments, _result(heard), _text(heard))
    return 0


def _result(heard: Heard) -> dict:
    return {**asdict(heard), "key": heard.key.name if heard.key else None}


def _text(heard: Heard) -> str:
    lines = ["tempo  no pulse is heard"]
    if heard.tempo is not None:
        downbeat = f"first bar at {heard.beats[heard.first_downbeat]:.2f} s"
        bars = f"{heard.beats_per_bar} beats in a bar, {downbeat}"
        lines = [f"tempo  {heard.tempo:.1f} beats a minute ({heard.tempo_confidence:.0%} sure), {bars}"]
    key = f"{heard.key.name} ({heard.key_confidence:.0%} sure)" if heard.key else "none is heard"
    chords = (f"{chord.start:7.2f} s  {chord.symbol}" for chord in heard.chords)
    return "\n".join([*lines, f"key    {key}", *chords])
