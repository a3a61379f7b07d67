"""A song's mood in a word, by its mode and by how much happens (the two axes of Russell 1980)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.train.compose.song import Song

# By mode: when much happens, and when little does.
MOODS = {
    "major": ("joyful", "serene"), "lydian": ("exalted", "dreamy"), "mixolydian": ("playful", "easy"),
    "dorian": ("cool", "wistful"), "minor": ("urgent", "melancholic"), "phrygian": ("menacing", "brooding"),
}  # fmt: skip
USUAL_TEMPO, USUAL_NOTES = 105.0, 12.0  # beats a minute, notes a second: the middle of the composer's songs


def mood(song: Song) -> str:
    """One of MOODS."""
    notes = max(len(song.notes), 1) / song.duration
    excitement = math.log2(song.tempo / USUAL_TEMPO) + 0.5 * math.log2(notes / USUAL_NOTES)
    return MOODS[song.mode][0 if excitement > 0 else 1]
