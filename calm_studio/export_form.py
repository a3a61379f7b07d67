"""The words and choices of the export sheet, and what the file will be. No Qt in here."""

from dataclasses import dataclass

from calm_studio.values import Lane
from engine.errors import CalmError
from engine.export import DEPTHS, RATES, TARGETS, ExportSettings, Format, Part

FORMAT_WORDS = (("WAV", ""), ("FLAC", ""), ("AIFF", ""), ("OGG", ""), ("Opus", ""), ("MP3", ""))
DEPTH_WORDS = (("16-bit", ""), ("24-bit", ""), ("32 float", ""))
BYTES = {"16": 2, "24": 3, "32f": 4}
SERVICES = {-14: "streaming", -16: "podcast", -23: "broadcast"}
BIT_RATES: dict[Format, int] = {"ogg": 256, "opus": 260, "mp3": 320}
"""kbit/s in stereo."""


@dataclass(frozen=True)
class PartChoice:
    """What of a take is exported; the loop is cut out beforehand, so it is a whole."""

    words: str
    part: Part = "whole"
    loop: bool = False
    several: bool = False


PARTS = (
    PartChoice("Whole take"),
    PartChoice("Continuation only", part="continuation"),
    PartChoice("Its best loop", loop=True),
    PartChoice("All takes, into a folder", several=True),
)


def rates(format: Format, source: int) -> list[tuple[str, int | None]]:
    """(words, rate in Hz) of what `format` offers for sound at `source` Hz; None is its own, or the nearest it has."""
    own = ExportSettings(format=format).rate_for(source)
    words = f"{own / 1000:g} kHz, as the source" if own == source else f"{own / 1000:g} kHz, resampled"
    return [(words, None), *((f"{rate / 1000:g} kHz", rate) for rate in RATES if rate != own and _has(format, rate))]


def loudnesses() -> list[tuple[str, int | None]]:
    """(words, LUFS)."""
    return [("As it is", None), *((f"{target} LUFS, {SERVICES[target]}", target) for target in TARGETS)]


def facts(lanes: tuple[Lane, ...], settings: ExportSettings) -> str:
    """Rate, channels, length and size of what is written now."""
    rate = settings.rate_for(lanes[0].take.rate)
    seconds = sum(_seconds(lane, settings.part) for lane in lanes)
    channels = 1 if settings.mono else 2
    if DEPTHS[settings.format]:
        size = seconds * rate * channels * BYTES[settings.depth]
    else:
        size = seconds * BIT_RATES[settings.format] * 125 * channels / 2
    files = f"{len(lanes)} files" if len(lanes) > 1 else settings.format.upper()
    sides = "mono" if settings.mono else "stereo"
    about = "up to " if settings.format != "wav" else ""
    parts = (files, f"{rate / 1000:g} kHz {sides}", f"{seconds:.1f} s", f"{about}{size / 1e6:.1f} MB")
    return " \N{MIDDLE DOT} ".join(parts)


def _seconds(lane: Lane, part: Part) -> float:
    take = lane.take
    return (take.written - (take.cut if part == "continuation" else 0)) / take.rate


def _has(format: Format, rate: int) -> bool:
    try:
        ExportSettings(format=format, rate=rate)
    except CalmError:
        return False
    return True
