"""The example prompts that ship with the app: the first bars of a section of songs with seeds that are not trained on.

python -m engine.train.examples assets/examples

They were chosen among songs whose tempo, metre and key the app hears as they were written.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from engine.train.compose import compose
from engine.train.sound_font import find_soundfont, render

RATE = 48_000
LONGEST = 5.5  # seconds
FADE = 0.004  # seconds, at the start only: the end is the cut


@dataclass(frozen=True)
class Example:
    """``name`` is the file's; ``section`` counts from 0."""

    name: str
    seed: int
    section: int


EXAMPLES = (
    Example("lo-fi keys", 2_000_109, 1),
    Example("funk bass and drums", 2_000_037, 1),
    Example("synthwave", 2_000_216, 1),
    Example("folk guitar", 2_000_125, 1),
    Example("jazz trio", 2_000_004, 1),
    Example("strings, chamber", 2_000_046, 1),
)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    out = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    for example in EXAMPLES:
        soundfile.write(out / f"{example.name}.flac", excerpt(example).T, RATE, subtype="PCM_16", compression_level=1.0)


def excerpt(example: Example) -> np.ndarray:
    """(2, N) as many whole bars from the start of the section as fit into LONGEST seconds."""
    song = compose(example.seed)
    beats = [beat for beat in song.beats if beat >= song.sections[example.section].start - 1e-3]
    bars = beats[:: song.beats_per_bar]
    stop = max(bar for bar in bars if bar - bars[0] <= LONGEST)
    audio = render(song, find_soundfont(), RATE)[:, round(bars[0] * RATE) : round(stop * RATE)].copy()
    fade = round(FADE * RATE)
    audio[:, :fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    return audio


if __name__ == "__main__":
    main()
