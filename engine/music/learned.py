"""The numbers in learned.json, which `engine.train.fit_hearing` found on songs whose truth is known.

All are weights of linear scores, so that a softmax of the scores gives probabilities.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

PATH = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, eq=False)
class Learned:
    """Weights of `tempo.evidence`, of `bars.evidence`, and of the profiles (kinds, columns + 1) of chords and keys.

    A profile holds blocks of twelve pitch classes counted from the root, and at its end how usual its kind is.
    """

    tempo: np.ndarray
    bars: np.ndarray
    chords: np.ndarray
    key: np.ndarray


@cache
def learned() -> Learned:
    return Learned(**{name: np.array(rows) for name, rows in json.loads(PATH.read_text("utf-8")).items()})


def turned(columns: np.ndarray) -> np.ndarray:
    """(n, 12, columns): blocks of twelve pitch classes (n, columns), counted from each of the twelve roots."""
    blocks = columns.reshape(len(columns), -1, 12)
    return np.stack([np.roll(blocks, -root, axis=2).reshape(columns.shape) for root in range(12)], axis=1)


def log_chances(columns: np.ndarray, profiles: np.ndarray) -> np.ndarray:
    """(n, 12 * kinds) log-probabilities of every root and kind (numbered root * kinds + kind) by their profiles."""
    scores = (turned(columns) @ profiles[:, :-1].T + profiles[:, -1]).reshape(len(columns), -1)
    return log_softmax(scores)


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """The logarithm of exp(scores) / sum(exp(scores)) along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
