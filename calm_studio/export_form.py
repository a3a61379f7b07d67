"""The words and choices of the export sheet, and what the file will be. No Qt in here."""

from dataclasses import dataclass
from typing import Literal

from calm_studio.edits import heard_ones, starred
from calm_studio.selecting import marked_part
from calm_studio.values import Lane, State
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
    """What is exported, and of which takes; the loop is cut out beforehand, so it is a whole."""

    words: str
    part: Literal["whole", "continuation", "selection", "loop"] = "whole"
    takes: Literal["selected", "starred", "all"] = "selected"


PARTS = (
    PartChoice("Whole take"),
    PartChoice("Continuation only", part="continuation"),
    PartChoice("Selection", part="selection"),
    PartChoice("Its best loop", part="loop"),
    PartChoice("Starred takes, into a folder", takes="starred"),
    PartChoice("All takes, into a folder", takes="all"),
)
WHOLE, SELECTION, STARRED = PARTS[0], PARTS[2], PARTS[4]


def lanes_for(choice: PartChoice, state: State) -> tuple[Lane, ...]:
    """The takes that are meant; muted ones are not among "all"."""
    if choice.takes == "starred":
        return starred(state)
    if choice.takes == "all":
        return heard_ones(state)
    return () if state.lane is None else (state.lane,)


def part_of(choice: PartChoice, state: State) -> Part:
    """What is to be cut out of each take."""
    if choice.part == "selection":
        return marked_part(state)
    return "continuation" if choice.part == "continuation" else "whole"


def offered(choice: PartChoice, state: State) -> bool:
    """Whether there is such a part now."""
    return bool(lanes_for(choice, state)) and (choice.part != "selection" or marked_part(state) is not None)


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
    if isinstance(part, tuple):
        return part[1] - part[0]
    return (take.written - (take.cut if part == "continuation" else 0)) / take.rate


def _has(format: Format, rate: int) -> bool:
    try:
        ExportSettings(format=format, rate=rate)
    except CalmError:
        return False
    return True
