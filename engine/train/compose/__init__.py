"""Composes original music from a seed: the same seed is the same song, for ever."""

from engine.train.compose.composer import compose
from engine.train.compose.song import Instrument, Note, Section, Song, TimedChord

__all__ = ["Instrument", "Note", "Section", "Song", "TimedChord", "compose"]
