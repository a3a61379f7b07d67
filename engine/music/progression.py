"""How chords go on: which bars are likely to follow some, counted from the tonic, as `engine.train.fit_progressions`
counted them in songs.

A prompt of 5 s holds two bars or three. To repeat them is to stay half way: what follows `Dm7 | G7` is not `Dm7`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).with_suffix(".json")
LONGEST = 3  # bars that count for the next one
DOUBT = 10.0  # times that some bars must have come for what followed them to count as much as what follows fewer
RARE = 1e-4  # probability of what never came
PATHS, CHOICES = 12, 8  # kept from bar to bar, and of each the likeliest next bars


class Degree(NamedTuple):
    """A chord that lasts a bar: its root in semitones above the tonic, and its kind (`engine.music.qualities`)."""

    root: int
    quality: str


Context = tuple[Degree, ...]


def go_on(mode: str, bars: Sequence[Degree], count: int) -> list[Degree]:
    """The likeliest ``count`` bars after ``bars``, in a "major" or "minor" key, after which these come again."""
    counted = read(PATH)[mode]
    paths = [(0.0, tuple(bars))]
    for _ in range(count):
        longer = [
            (score + _log_chance(counted, path, following), (*path, following))
            for score, path in paths
            for following in _choices(counted, path)
        ]
        paths = sorted(longer, key=lambda each: -each[0])[:PATHS]
    return list(max(paths, key=lambda each: each[0] + _return(counted, each[1], bars))[1][len(bars) :])


def _return(counted: dict[Context, Counter[Degree]], path: Context, bars: Sequence[Degree]) -> float:
    """How likely it is that the first of the ``bars`` come after a path, as a logarithm."""
    whole = (*path, *bars[: LONGEST - 1])
    return sum(_log_chance(counted, whole[:end], whole[end]) for end in range(len(path), len(whole)))


def _choices(counted: dict[Context, Counter[Degree]], path: Context) -> list[Degree]:
    """What came most often after the end of a path, as long as that is known."""
    found: dict[Degree, None] = {}
    for length in range(min(LONGEST, len(path)), -1, -1):
        found |= dict.fromkeys(following for following, _ in counted.get(_end(path, length), Counter()).most_common())
    return list(found)[:CHOICES]


def _log_chance(counted: dict[Context, Counter[Degree]], path: Context, following: Degree) -> float:
    """Of one bar after others; what is known of longer ends of the path counts more the oftener they came (Jelinek and
    Mercer, 1980)."""
    chance = RARE
    for length in range(min(LONGEST, len(path)) + 1):
        after = counted.get(_end(path, length))
        if after:
            trust = after.total() / (after.total() + DOUBT)
            chance = trust * after[following] / after.total() + (1 - trust) * chance
    return math.log(chance)


def _end(path: Context, length: int) -> Context:
    return path[len(path) - length :]


@cache
def read(path: Path) -> dict[str, dict[Context, Counter[Degree]]]:
    """By mode, and by the bars before, how often each chord followed: what a file of `engine.train.fit_progressions`
    holds."""
    found = json.loads(path.read_text("utf-8"))
    return {mode: {parsed(before): _counter(after) for before, after in of.items()} for mode, of in found.items()}


def _counter(after: dict[str, int]) -> Counter[Degree]:
    return Counter({parsed(following)[0]: times for following, times in after.items()})


def printed(bars: Sequence[Degree]) -> str:
    """Such as "2:m7 7:7"."""
    return " ".join(f"{bar.root}:{bar.quality}" for bar in bars)


def parsed(text: str) -> Context:
    """The bars that `printed` printed."""
    parts = (each.split(":") for each in text.split())
    return tuple(Degree(int(root), quality) for root, quality in parts)
