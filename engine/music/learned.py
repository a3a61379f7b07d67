"""The numbers in learned.json, by which tempo and bars are chosen; `engine.train.fit_hearing` found them on songs whose
truth is known. A softmax of the scores that they give makes probabilities."""

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
    """What scores `tempo.evidence` and `bars.evidence`."""

    tempo: Network
    bars: Network


@cache
def learned() -> Learned:
    return read(PATH)


def read(path: Path) -> Learned:
    """What a file of engine.train.fit_hearing holds."""
    found = json.loads(path.read_text("utf-8"))
    return Learned(**{name: Network(**{k: np.array(v) for k, v in found[name].items()}) for name in ("tempo", "bars")})


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """The logarithm of exp(scores) / sum(exp(scores)) along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
