"""The corpora by name: from a seed to labelled music, and from that to sound.

"plain" is the sound font alone, and what the bundled model was trained on: its songs never change, but for last bits.
"wide" has synths of our own, more effects, and worn, silent, noisy and single-voiced material. "unseen" is for judging
alone: its style and its synth are in no other corpus.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.train.compose import compose
from engine.train.sound_font import RATE, render
from engine.train.wide.composer import compose_unseen, compose_wide
from engine.train.wide.desk import render_piece
from engine.train.wide.production import Piece


@dataclass(frozen=True)
class Item:
    """One seed of a corpus before it is rendered: its style, seconds, labels, and how to get (2, N) float32 at RATE
    from a sound font."""

    style: str
    seconds: float
    labels: dict
    sound: Callable[[Path], np.ndarray]


def plain(seed: int) -> Item:
    song = compose(seed)
    return Item(song.style, song.duration, song.labels(), lambda font: render(song, font))


def wide(seed: int) -> Item:
    return _item(compose_wide(seed))


def unseen(seed: int) -> Item:
    return _item(compose_unseen(seed))


def _item(piece: Piece) -> Item:
    return Item(piece.song.style, piece.song.duration, piece.labels(), lambda font: render_piece(piece, font, RATE))


CORPORA: dict[str, Callable[[int], Item]] = {"plain": plain, "wide": wide, "unseen": unseen}
