"""Counts how chords go on, for `engine.music.progression`, in songs that are composed and not rendered.

    python -m engine.train.fit_progressions --songs 8000

writes engine/music/progression.json; 3 minutes on one core. What came less than OFTEN is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from engine.music.key import MODE_OF
from engine.music.progression import LONGEST, PATH, Degree, printed
from engine.train.compose.composer import compose
from engine.train.compose.song import Song, TimedChord
from engine.train.fit_hearing import quality_of

FIRST_SEED = 5_000_000  # of none that anything else is learned from, or judged by
OFTEN = 8  # times that some bars must have come, and 2 that something must have followed them
TOLD_EVERY = 500  # songs


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=8000)
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    arguments = parser.parse_args(argv)
    arguments.output.write_text(json.dumps(count(arguments.songs), separators=(",", ":")) + "\n", "utf-8")


def count(songs: int) -> dict[str, dict[str, dict[str, int]]]:
    """What `engine.music.progression.read` reads."""
    counted: dict[str, dict[tuple[Degree, ...], Counter[Degree]]] = defaultdict(lambda: defaultdict(Counter))
    for number in range(songs):
        song = compose(FIRST_SEED + number)
        bars = bars_of(song)
        for place, following in enumerate(bars):
            for length in range(min(LONGEST, place) + 1):
                counted[MODE_OF[song.mode]][tuple(bars[place - length : place])][following] += 1
        if number % TOLD_EVERY == 0:
            print(f"{number} of {songs} songs", file=sys.stderr, flush=True)
    return {
        mode: {printed(before): _often(after) for before, after in of.items() if after.total() >= OFTEN}
        for mode, of in counted.items()
    }


def bars_of(song: Song) -> list[Degree]:
    """The chord that lasts longest in each bar, counted from the tonic."""
    lines = song.beats[:: song.beats_per_bar]
    degrees = []
    for start, stop in zip(lines, lines[1:], strict=False):
        chord = max(song.chords, key=lambda each: _overlap(each, start, stop))
        degrees.append(Degree((chord.root - song.tonic) % 12, quality_of(chord.symbol, chord.root)))
    return degrees


def _overlap(chord: TimedChord, start: float, stop: float) -> float:
    return min(stop, chord.start + chord.duration) - max(start, chord.start)


def _often(after: Counter[Degree]) -> dict[str, int]:
    return {printed([following]): times for following, times in after.most_common() if times > 1}


if __name__ == "__main__":
    main()
