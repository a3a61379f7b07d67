"""`calm export`: a finished file in another form."""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path

from engine.audio import read
from engine.cli.options import DEPTHS, add_json
from engine.cli.output import print_result, show_progress
from engine.errors import CalmError
from engine.export import FORMATS, RATES, TARGETS, Exported, ExportSettings, Format, Part, Piece, export
from engine.metadata.read import read as read_metadata
from engine.provenance import sign
from engine.recipe import from_json

DOES = "Write a file, or a part of it, in another format, rate, depth or loudness."
_OTHER_ENDINGS: dict[str, Format] = {"aif": "aiff", "oga": "ogg"}


def add_arguments(to: argparse.ArgumentParser) -> None:
    to.add_argument("input", type=Path, metavar="IN")
    to.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="never overwrites a file")
    to.add_argument("--format", choices=FORMATS, help="default: what OUT ends in")
    to.add_argument("--rate", type=int, choices=RATES, help="in Hz; resamples all of it (default: IN's own)")
    to.add_argument("--depth", choices=DEPTHS, default="24", help="bits of a sample; 32f is float (default: 24)")
    to.add_argument("--part", type=_part, default="whole", help="whole, continuation, loop or START:STOP in seconds")
    to.add_argument(
        "--lufs", type=int, choices=TARGETS, help="loudness; below -1 dBTP, by gain alone (default: as it is)"
    )
    to.add_argument("--fade-in", type=float, default=0.0, metavar="S", help="seconds")
    to.add_argument("--fade-out", type=float, default=0.0, metavar="S", help="seconds")
    to.add_argument("--mono", action="store_true", help="the mean of both channels")
    to.add_argument("--provenance", action="store_true", help="sign beside the file which seconds are whose")
    add_json(to)


def run(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    audio, source = read(arguments.input), read_metadata(arguments.input)
    if arguments.provenance and not source.recipe:
        raise CalmError(f"{arguments.input.name} does not say how it was made", "Leave out --provenance")
    channels, frames = audio.samples.shape
    about = replace(source, rate=audio.rate, frames=frames, channels=channels)
    done = export(Piece(audio.samples, about), settings, arguments.output, _show)
    show_progress("")
    if arguments.provenance:
        sign(done.path, done.metadata.origins, from_json(source.recipe))
    if done.path != arguments.output:
        print(f"calm: {arguments.output} exists already, so this was written to {done.path}", file=sys.stderr)
    for note in (audio.note, *done.notes):
        if note:
            print(f"calm: {note}", file=sys.stderr)
    result = _result(done)
    print_result(arguments, result, f"{done.path}: {result['seconds']} s, {result['rate']} Hz, {result['lufs']} LUFS")
    return 0


def _part(text: str) -> Part:
    if text in ("whole", "continuation", "loop"):
        return text
    start, _, stop = text.partition(":")
    try:
        return float(start), float(stop)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is neither whole, continuation, loop nor START:STOP") from None


def _settings(arguments: argparse.Namespace) -> ExportSettings:
    ending = arguments.output.suffix.lower().removeprefix(".")
    format = arguments.format or _OTHER_ENDINGS.get(ending, ending)
    if format not in FORMATS:
        raise CalmError(f"{arguments.output.name} ends in no known format", f"Use one of: .{', .'.join(FORMATS)}")
    return ExportSettings(
        format=format,
        depth=arguments.depth,
        rate=arguments.rate,
        mono=arguments.mono,
        loudness=arguments.lufs,
        fade_in=arguments.fade_in,
        fade_out=arguments.fade_out,
        part=arguments.part,
    )


def _show(done: int, total: int) -> None:
    show_progress(f"{100 * done // total} %")


def _result(done: Exported) -> dict:
    """What `--json` prints; a loudness that was not measured, as that of silence, is null."""
    about, loudness = done.metadata, done.metadata.loudness
    return {
        "file": str(done.path),
        "rate": about.rate,
        "channels": about.channels,
        "frames": about.frames,
        "seconds": round(about.frames / about.rate, 3),
        "lufs": _known(loudness.integrated),
        "true_peak": _known(loudness.true_peak),
        "gain_db": round(done.gain, 2),
        "clipped": done.clipped,
        "notes": list(done.notes),
    }


def _known(decibels: float) -> float | None:
    return round(decibels, 2) if math.isfinite(decibels) else None
