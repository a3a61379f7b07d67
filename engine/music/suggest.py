"""Chords of its own for a clip: a chart in the clip's key, drawn from what follows what in the project's own songs.

Chords are named by the degree of their root and by their quality: in C major "VIm7" is Am7. `progressions.json`, which
`engine.train.fit_progressions` writes, counts how often each chord of a bar is followed by each other, for every bar of
a phrase of four: a Markov chain that knows where in the phrase it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from random import Random

from engine.errors import CalmError
from engine.music.chart import parse_chart, print_chart
from engine.music.follow import SURE, heard_key
from engine.music.heard import Heard, HeardChord
from engine.music.key import MODE_OF, Key
from engine.music.leadsheet import SCALES

DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
PATH = Path(__file__).with_name("progressions.json")
PHRASE = 4  # bars
BARS = 2 * PHRASE
RETURNING = 2  # bars with which the second phrase begins as the first did: antecedent and consequent
ELSEWHERE = 0.1  # what was counted in any bar of a phrase counts so much in each of them
PLAINLY = 1.5  # the power of what was counted: what is usual is drawn more often still, so that the key is clear
START = ""  # before the first chord of a song
PLAIN, RICH = "triads", "sevenths"
_SEVENTHS = {10, 11}

Follows = dict[str, dict[str, list[int]]]
"""chord -> chord after it -> how often, by bar of the phrase that the second one has (PHRASE,)"""


def suggest(heard: Heard, chance: Random) -> str:
    """A chart of BARS bars for what was heard in a clip: in its key, on the scale of its chords, of triads or sevenths
    as these. The same ``chance``, the same chart. Raises CalmError where no key was heard."""
    tonic, mode = heard_key(heard)
    if tonic is None:
        raise CalmError("No key was heard in the clip", "Choose a longer part of it, or write the chords yourself")
    chords, key = [chord for chord in heard.chords if chord.confidence >= SURE], Key(tonic, mode)
    kind = RICH if is_rich((chord.root, chord.pitches, chord.duration) for chord in chords) else PLAIN
    follows = _progressions()[_scale(key, chords)][kind]
    before = name_of(chords[-1].root - tonic, chords[-1].symbol) if chords else START
    bars: list[str] = []
    for bar in range(BARS):
        returns = PHRASE <= bar < PHRASE + RETURNING
        back_to = bars[0] if bar == BARS - 1 else None
        bars.append(bars[bar - PHRASE] if returns else _drawn(follows, before, bar % PHRASE, back_to, chance))
        before = bars[-1]
    return print_chart(parse_chart(" | ".join(_spelled(name, key) for name in bars)))


def is_rich(chords: Iterable[tuple[int, tuple[int, ...], float]]) -> bool:
    """Whether for half of the time or more the chords (root, pitch classes, seconds) have sevenths."""
    seconds = [0.0, 0.0]
    for root, pitches, lasting in chords:
        seconds[any((pitch - root) % 12 in _SEVENTHS for pitch in pitches)] += lasting
    return seconds[True] > 0 and seconds[True] >= seconds[False]


def _scale(key: Key, chords: Sequence[HeardChord]) -> str:
    """The name of the key's scale that holds the most of the chords; of equals major or minor."""

    def held(name: str) -> float:
        scale = {(key.tonic + step) % 12 for step in SCALES[name]}
        return sum(chord.duration for chord in chords if scale.issuperset(chord.pitches))

    return max((name for name, mode in MODE_OF.items() if mode == key.mode), key=held)


def name_of(above: int, symbol: str) -> str:
    """What a chord is called whose root is so many semitones ``above`` the tonic; its bass does not count."""
    quality = re.sub(r"^[A-G](bb|##|b|#|)|/[A-G](bb|##|b|#|)$", "", symbol)
    return DEGREES[above % 12] + quality


def _drawn(follows: Follows, before: str, bar: int, back_to: str | None, chance: Random) -> str:
    """A chord for a bar of the phrase after the one ``before``, from which, if need be, it goes ``back_to`` another."""
    after = follows.get(before) or follows[START]
    names = list(after)
    weights = [after[name][bar] + ELSEWHERE * sum(after[name]) for name in names]
    if back_to is not None:
        closing = [sum(follows.get(name, {}).get(back_to, ())) for name in names]
        if any(closing):
            weights = [weight * often for weight, often in zip(weights, closing, strict=True)]
    return chance.choices(names, [weight**PLAINLY for weight in weights])[0]


def _spelled(name: str, key: Key) -> str:
    degree, quality = re.fullmatch(r"([b#]?[IV]+)(.*)", name).groups()
    return key.spell((key.tonic + DEGREES.index(degree)) % 12) + quality


@cache
def _progressions() -> dict[str, dict[str, Follows]]:
    """By name of a scale, then PLAIN or RICH."""
    return json.loads(PATH.read_text("utf-8"))
