"""`calm midi`."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.audio import read
from engine.cli.options import add_json
from engine.cli.output import print_result, show_progress
from engine.errors import CalmError
from engine.metadata.read import read as read_metadata
from engine.metadata.values import Metadata
from engine.midi_out import Transcription, transcribe, write_midi
from engine.music.heard import hear

DOES = "Write the notes of a take as a MIDI file, with its tempo, its key and the cut."


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("take", type=Path, metavar="TAKE", help="any sound file")
    to.add_argument("-o", "--output", type=_midi_path, required=True, metavar="OUT.mid", help="never overwrites a file")
    to.add_argument("--cut", type=float, metavar="S", help="where the continuation begins (default: as the file says)")
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    audio = read(arguments.take)
    cut, markers = _places(arguments, read_metadata(arguments.take), audio.seconds)
    notes = transcribe(audio, lambda done, total: show_progress(f"hearing notes: {100 * done // total} %"))
    show_progress("")
    heard = hear(audio)
    path = write_midi(arguments.output, Transcription(arguments.take.stem, notes, cut, markers, heard))
    result = {
        "file": str(path),
        "notes": len(notes),
        "cut": cut,
        "tempo": heard.tempo,
        "key": heard.key and heard.key.name,
    }
    print_result(arguments, result, f"{path}: {len(notes)} notes")
    return 0


def _places(
    arguments: argparse.Namespace, about: Metadata, seconds: float
) -> tuple[float | None, tuple[tuple[float, str], ...]]:
    """The cut and the markers in seconds: those of the file, as far as they lie inside it, unless a cut was given."""
    cut = None if about.cut is None or about.cut > about.frames else about.cut / about.rate
    if arguments.cut is not None:
        cut = arguments.cut
        if not 0 <= cut <= seconds:
            raise CalmError(f"The cut at {cut:g} s is outside the sound", f"Choose a time from 0 to {seconds:.2f} s")
    return cut, tuple((at / about.rate, label) for at, label in about.markers if 0 <= at <= about.frames)


def _midi_path(text: str) -> Path:
    """Refuse before any work is done what could not be saved after it."""
    path = Path(text)
    if path.suffix.lower() not in (".mid", ".midi"):
        raise argparse.ArgumentTypeError(f"{text} must end in .mid")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path
