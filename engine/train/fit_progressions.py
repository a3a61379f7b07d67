"""Counts which chord follows which in the project's own songs, for `engine.music.suggest`.

    python -m engine.train.fit_progressions SONGS

reads the scores in a folder of engine.train.render, not the sound, and writes engine/music/progressions.json; seconds.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from engine.errors import CalmError
from engine.music.chart import parse_chart
from engine.music.leadsheet import SCALES
from engine.music.suggest import PATH, PHRASE, PLAIN, RICH, START, Follows, is_rich, name_of

RARE = 0.01  # of all that follows a chord: less is left out
NEAR = 0.01  # of a bar: a chord that begins so little after a bar line begins on it


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("songs", type=Path, help="folder from engine.train.render")
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    arguments = parser.parse_args(argv)
    found = fit(json.loads(path.read_text("utf-8")) for path in sorted(arguments.songs.glob("*.json")))
    arguments.output.write_text(json.dumps(found) + "\n", "utf-8")


def fit(scores: Iterator[dict]) -> dict[str, dict[str, Follows]]:
    """What `engine.music.suggest` reads, from the labels of songs. Raises CalmError where a kind of song is missing."""
    counts = {scale: {kind: defaultdict(Counter) for kind in (PLAIN, RICH)} for scale in SCALES}
    for score in scores:
        chords = ((c["root"], tuple(c["pitches"]), c["duration"]) for c in score["chords"])
        of_kind = counts[score["mode"]][RICH if is_rich(chords) else PLAIN]
        for before, after, bar in steps(score):
            of_kind[before][after, bar] += 1
    if not all(kind[START] for scale in counts.values() for kind in scale.values()):
        raise CalmError("There are not songs of every kind", "Render some hundred with engine.train.render")
    return {scale: {kind: _usual(follows) for kind, follows in kinds.items()} for scale, kinds in counts.items()}


def steps(score: dict) -> Iterator[tuple[str, str, int]]:
    """Of each bar the chord of the bar before, its own, both as `engine.music.suggest` names them, and which bar of a
    phrase it is; phrases begin with sections."""
    lasting = 60 / score["tempo"] * score["beats_per_bar"]
    first_bars = [section["first_bar"] for section in score["sections"]]
    before = START
    for chord in score["chords"]:
        bar = round(chord["start"] / lasting)
        if abs(chord["start"] / lasting - bar) > NEAR:
            continue
        name = name_of(chord["root"] - score["tonic"], chord["symbol"])
        yield before, name, (bar - max((first for first in first_bars if first <= bar), default=0)) % PHRASE
        before = name


def _usual(follows: dict[str, Counter]) -> Follows:
    """The counts without what is rare or cannot be read."""
    kept: Follows = {}
    for before, after in follows.items():
        often, all_of_it = Counter(), after.total()
        for (name, _), count in after.items():
            often[name] += count
        usual = [name for name, count in often.items() if count >= RARE * all_of_it and _is_read(name)]
        kept[before] = {name: [after[name, bar] for bar in range(PHRASE)] for name in sorted(usual)}
    return {before: kept[before] for before in sorted(kept) if kept[before]}


def _is_read(name: str) -> bool:
    try:
        parse_chart("C" + name.lstrip("b#IV"))
    except CalmError:
        return False
    return True


if __name__ == "__main__":
    main()
