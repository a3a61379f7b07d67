"""From words alone to a lead sheet: the tempo, key, chords, style and instruments of music as it is described.

Where no clip goes before, nothing says where the beat is, and without one a small model drifts. So the words are read
twice: what bends Z to their embedding is told as ever (`engine.telling`), and a linear reading of the same embedding
(`imagine.safetensors`, which `engine.train.fit_words` learned from captions of the project's songs) writes the sheet.
What the words say outright, "92 bpm", "slow" or "in D minor", counts before what they suggest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
from safetensors.numpy import load_file

from engine.music.follow import FASTEST, SLOWEST, Wishes, follow
from engine.music.heard import Heard, HeardChord, Key
from engine.music.leadsheet import FAMILIES, STYLES, LeadSheet
from engine.music.learned import log_softmax
from engine.music.suggest import suggest
from engine.music.symbols import ACCIDENTALS, LETTERS, parse_chord
from engine.music.told import CERTAIN
from engine.text.reading import embed

PATH = Path(__file__).with_suffix(".safetensors")
MIDDLE_TEMPO = 120.0  # from which the reading counts in octaves
READ = {"tempo": 1, "minor": 1, "sevenths": 1, "style": len(STYLES), "families": FAMILIES}
"""What is read, and how many numbers each of it is: octaves, then logits."""
BEATS_PER_BAR = 4
TONIC_CHORDS = {"major": ("", "maj7"), "minor": ("m", "m7")}
LIKELY = 0.0  # a logit above which a thing is more likely than not
SURE = np.log(0.5)  # the same of the logarithm of a share

_TEMPO = re.compile(r"(\d{2,3}(?:\.\d+)?)\s*(?:bpm|beats)", re.IGNORECASE)
_SLOW = re.compile(r"\b(slow|slowly|laid-back|relaxed|downtempo)\b", re.IGNORECASE)
_FAST = re.compile(r"\b(fast|upbeat|lively|frantic)\b", re.IGNORECASE)
SLOW, FAST = 88.0, 126.0  # the most and the least that is called so
_KEY = re.compile(r"\b([A-G])\s?(b|#|flat|sharp|)\s?(major|minor)\b")
_WORDS = {"flat": "b", "sharp": "#"}


@dataclass(frozen=True)
class Idea:
    """What words suggest: what might have been `heard` before the cut, where the tonic's chord tells by its kind of
    which kind others are to be; and of STYLES and the families of General MIDI those that are likely."""

    heard: Heard
    style: str | None
    families: tuple[int, ...]

    def sheet(self, cut: float, seconds: float, wishes: Wishes, seed: int) -> LeadSheet:
        """As `engine.music.follow.follow`, with chords that are suggested where none are wished."""
        sheet = follow(self.heard, cut, seconds, suggested(self.heard, wishes, seed))
        return replace(sheet, style=self.style, families=self.families)


def suggested(heard: Heard, wishes: Wishes, seed: int) -> Wishes:
    """The wishes, with chords of the seed's own where there are none: nothing was heard that could go on."""
    if wishes.chords is not None or heard.key is None:
        return wishes
    return replace(wishes, chords=suggest(heard, Random(seed)))


def imagine(text: str, cut: float) -> Idea:
    """What a text suggests of music that begins after ``cut`` seconds of silence; the same text, the same idea.

    Raises CalmError where no text encoder is installed.
    """
    read = reading(embed(text).numpy())
    key = _key_in(text) or _key_of(text, read["minor"].item() > LIKELY)
    tempo = _tempo_in(text) or _as_fast(text, float(round(MIDDLE_TEMPO * 2.0 ** read["tempo"].item())))
    tonic = parse_chord(key.spell(key.tonic) + TONIC_CHORDS[key.mode][read["sevenths"].item() > LIKELY])
    chord = HeardChord(0.0, cut, tonic.symbol, tonic.root, tonic.bass, tonic.pitches, CERTAIN)
    styles = log_softmax(read["style"])
    return Idea(
        Heard(tempo, (cut,), BEATS_PER_BAR, 0, CERTAIN, key, CERTAIN, (chord,)),
        STYLES[styles.argmax()] if styles.max() > SURE else None,
        tuple(int(family) for family in np.flatnonzero(read["families"] > LIKELY)),
    )


def reading(embedded: np.ndarray) -> dict[str, np.ndarray]:
    """Of an embedding (EMBEDDING,) each of READ."""
    weights = _weights()
    numbers = embedded @ weights["matrix"] + weights["bias"]
    return dict(zip(READ, np.split(numbers, np.cumsum(list(READ.values()))[:-1]), strict=True))


def _tempo_in(text: str) -> float | None:
    found = _TEMPO.search(text)
    return float(found[1]) if found and SLOWEST <= float(found[1]) <= FASTEST else None


def _as_fast(text: str, tempo: float) -> float:
    """A tempo that slow and fast music has."""
    if _SLOW.search(text):
        return min(tempo, SLOW)
    return max(tempo, FAST) if _FAST.search(text) else tempo


def _key_in(text: str) -> Key | None:
    found = _KEY.search(text)
    if found is None:
        return None
    letter, accidental, mode = found.groups()
    return Key((LETTERS[letter] + ACCIDENTALS[_WORDS.get(accidental, accidental)]) % 12, mode)


def _key_of(text: str, minor: bool) -> Key:
    """Any tonic is as good: the text's letters choose it."""
    return Key(Random(text).randrange(12), "minor" if minor else "major")


@cache
def _weights() -> dict[str, np.ndarray]:
    """``matrix`` (EMBEDDING, n) and ``bias`` (n,)."""
    return {name: weights.astype(np.float32) for name, weights in load_file(PATH).items()}
