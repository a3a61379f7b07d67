"""What can be chosen about an exported file."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Literal

from engine.errors import CalmError

Format = Literal["wav", "flac", "aiff", "ogg", "opus", "mp3"]
Depth = Literal["16", "24", "32f"]
Part = Literal["whole", "continuation", "loop"] | tuple[float, float]
"""The whole piece, what lies after the cut, the loop, or a selection from one second to another."""

FORMATS: tuple[Format, ...] = typing.get_args(Format)
DEPTHS: dict[Format, tuple[Depth, ...]] = {
    "wav": ("16", "24", "32f"),
    "flac": ("16", "24"),
    "aiff": ("16", "24", "32f"),
    "ogg": (),
    "opus": (),
    "mp3": (),
}
RATES = (44_100, 48_000, 88_200, 96_000)
TARGETS = (-14, -16, -23)  # LUFS: streaming, podcasts (AES TD1008), broadcast (EBU R 128)
PEAK_CEILING = -1.0  # dBTP, EBU R 128
MAX_FADE_SECONDS = 60.0

# Every other format holds any rate. An Opus stream is always decoded to 48 kHz (RFC 7845 clause 5.1).
_ONLY_RATES: dict[Format, tuple[int, ...]] = {
    "opus": (48_000,),
    "mp3": (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
}
_USUAL_RATE = 48_000


@dataclass(frozen=True)
class ExportSettings:
    """How a file is made; the default keeps every sample of a 24-bit source.

    `depth` matters to wav, flac and aiff alone. `rate` in Hz, None for the source's own. `mono` is the mean of both
    channels. `loudness` in LUFS, None to leave the level alone. `fade_in` and `fade_out` in seconds.
    Raises CalmError for what no file can have: a depth or rate the format lacks, an unknown target, an impossible fade.
    """

    format: Format = "wav"
    depth: Depth = "24"
    rate: int | None = None
    mono: bool = False
    loudness: int | None = None
    fade_in: float = 0.0
    fade_out: float = 0.0
    part: Part = "whole"

    def __post_init__(self):
        _check_one_of("format", self.format, FORMATS)
        if DEPTHS[self.format]:
            _check_one_of(f"depth of {self.format.upper()} files", self.depth, DEPTHS[self.format])
        if self.rate is not None:
            rates = tuple(rate for rate in RATES if rate in _ONLY_RATES.get(self.format, RATES))
            _check_one_of(f"sample rate of {self.format.upper()} files", self.rate, rates)
        if self.loudness is not None:
            _check_one_of("loudness", self.loudness, TARGETS)
        for fade in (self.fade_in, self.fade_out):
            if not 0 <= fade <= MAX_FADE_SECONDS:
                raise CalmError(
                    f"A fade of {fade:g} seconds cannot be made", f"Choose 0 to {MAX_FADE_SECONDS:g} seconds"
                )

    @property
    def floating(self) -> bool:
        """Whether the file holds floats, which have no full scale to clip at."""
        return self.depth in DEPTHS[self.format] and self.depth == "32f"

    def rate_for(self, source: int) -> int:
        """The rate in Hz of the file made from sound at `source` Hz: its own wherever the format has it."""
        own = self.rate or source
        return own if own in _ONLY_RATES.get(self.format, (own,)) else _USUAL_RATE


def _check_one_of(what: str, value: object, choices: tuple) -> None:
    if value not in choices:
        raise CalmError(f"{value} is no {what}", f"Choose one of: {', '.join(map(str, choices))}")
