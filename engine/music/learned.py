"""The numbers in learned.json, which `engine.train.fit_hearing` found on songs whose truth is known.

A softmax of the scores that they give makes probabilities.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

PATH = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, eq=False)
class Network:
    """Two layers of weights with their biases in the last rows: (columns + 1, hidden) and (hidden + 1, kinds)."""

    inner: np.ndarray
    outer: np.ndarray

    def scores(self, columns: np.ndarray) -> np.ndarray:
        """(..., kinds) of columns (..., columns); what is hidden between the layers is never below 0."""
        hidden = (columns @ self.inner[:-1] + self.inner[-1]).clip(min=0)
        return hidden @ self.outer[:-1] + self.outer[-1]


@dataclass(frozen=True, eq=False)
class Learned:
    """What scores `tempo.evidence`, `bars.evidence` and `key.evidence`, and the profiles (kinds, columns + 1)
    of chords.

    A profile holds blocks of twelve pitch classes counted from the root, and at its end how usual its kind is.
    """

    tempo: Network
    bars: Network
    key: Network
    chords: np.ndarray


@cache
def learned() -> Learned:
    return read(PATH)


def read(path: Path) -> Learned:
    """What a file of engine.train.fit_hearing holds."""
    found = json.loads(path.read_text("utf-8"))
    networks = {name: _network(found[name]) for name in ("tempo", "bars", "key")}
    return Learned(**networks, chords=np.array(found["chords"]))


def _network(layers: dict[str, list]) -> Network:
    return Network(np.array(layers["inner"]), np.array(layers["outer"]))


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
