"""`calm info`: what a file sounds like, what it says about itself, and the recipe of the take in it."""

from __future__ import annotations

import argparse
import dataclasses
import math
from datetime import datetime
from pathlib import Path

from engine.audio import Audio, read
from engine.cli.info_text import metadata_in_words, peak, prompt_in_words, recipe_in_words, sound_in_words
from engine.cli.options import add_json
from engine.cli.output import print_result
from engine.errors import CalmError
from engine.metadata import Metadata
from engine.metadata.read import list_chunks
from engine.metadata.read import read as read_metadata
from engine.restore import RestoredTake, restore

DOES = "Say what an audio file holds."
SOUND = {b"fmt ", b"data", b"fact", b"PEAK", b"ds64"}  # chunks that say nothing about the music


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("file", type=Path, metavar="FILE")
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    audio, about = read(arguments.file), read_metadata(arguments.file)
    restored, refused = _restored(arguments.file, about)
    chunks = [
        (chunk.name.decode("latin-1"), chunk.size) for chunk in list_chunks(arguments.file) if chunk.name not in SOUND
    ]
    result = {
        "file": str(arguments.file),
        **_sound(audio),
        "chunks": chunks,
        "metadata": {**dataclasses.asdict(about), "created": _iso(about.created), "recipe": bool(about.recipe)},
        "recipe": dataclasses.asdict(restored.recipe) if restored else None,
        "kept": list(restored.kept) if restored else [],
        "lost": list(restored.lost) if restored else refused,
    }
    lines = [sound_in_words(arguments.file, audio), *metadata_in_words(about), *recipe_in_words(restored)]
    lines += [f"Not restored: {reason}" for reason in refused]
    lines += [f"Chunks: {', '.join(f'{name.strip()} ({size} bytes)' for name, size in chunks)}"] if chunks else []
    print_result(arguments, result, "\n".join([*lines, *prompt_in_words(audio)]))
    return 0


def _restored(file: Path, about: Metadata) -> tuple[RestoredTake | None, list[str]]:
    """The take, if there is a recipe; and why not, if it is damaged."""
    try:
        return (restore(file) if about.recipe else None), []
    except CalmError as error:
        return None, [str(error)]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _sound(audio: Audio) -> dict:
    """The peak is None for silence, whose level has no number."""
    level = peak(audio)
    return {
        "seconds": round(audio.seconds, 3),
        "rate": audio.rate,
        "channels": audio.channels,
        "peak_dbfs": round(level, 2) if math.isfinite(level) else None,
    }
