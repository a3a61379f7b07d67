"""What the user is told about a finished file, because the settings alone would not lead one to expect it."""

from __future__ import annotations

from engine.export.settings import PEAK_CEILING, ExportSettings, Format
from engine.metadata import Metadata
from engine.metadata.comments import recipe_fits


def notes(source_rate: int, about: Metadata, settings: ExportSettings, clipped: int) -> tuple[str, ...]:
    """Plain sentences. `about` is the file's metadata, `clipped` the number of values cut off at full scale."""
    said = (
        _of_rate(source_rate, about.rate, settings),
        _of_level(about.loudness.integrated, settings.loudness),
        _of_clipping(clipped),
        _of_recipe(about, settings.format),
    )
    return tuple(sentence for sentence in said if sentence)


def _of_recipe(about: Metadata, format: Format) -> str:
    if format == "wav" or recipe_fits(about, format):
        return ""
    return f"{format.upper()} has no room for the recipe of this take, which is left out. WAV or FLAC keeps it."


def _of_rate(source: int, rate: int, settings: ExportSettings) -> str:
    if settings.rate or rate == source:
        return ""
    return f"{settings.format.upper()} has no {source / 1000:g} kHz: all of it was resampled to {rate / 1000:g} kHz."


def _of_level(integrated: float, target: int | None) -> str:
    if target is None or integrated > target - 0.05:
        return ""
    return f"It has {integrated:.1f} LUFS, not {target}: any louder, its peaks would pass {PEAK_CEILING:g} dBTP."


def _of_clipping(clipped: int) -> str:
    if not clipped:
        return ""
    values = "1 value" if clipped == 1 else f"{clipped} values"
    return f"{values} beyond full scale had to be cut off. A loudness target, or 32-bit float, avoids that."
