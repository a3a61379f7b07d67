"""The chords of a clip: how likely each is in every beat (`engine.music.harmony`), joined to the likeliest sequence.

Changes are likelier where bars begin (Viterbi decoding); chords of the key are likelier than others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.music.key import Key
from engine.music.leadsheet import SCALES
from engine.music.learned import log_softmax
from engine.music.qualities import QUALITIES

FOREIGN = 0.6  # what each tone outside the key's scale costs a chord, in nepers
SLASH = 0.7  # share of the bass from which another chord tone than the root counts as the bass


@dataclass(frozen=True)
class HeardChord:
    """A chord from `start` for `duration` seconds; `root` and `bass` pitch classes, `pitches` all of them, sorted.

    `confidence` is the mean probability, 0..1, that root and third are right in its beats. Of chords given 0.5 to 0.75
    68 % were right, above 0.9 98 %.
    """

    start: float
    duration: float
    symbol: str
    root: int
    bass: int
    pitches: tuple[int, ...]
    confidence: float


def hear_chords(
    tones: np.ndarray, scores: np.ndarray, edges: np.ndarray, change: np.ndarray, key: Key | None
) -> tuple[HeardChord, ...]:
    """The chords of spans that lie between `edges` (spans + 1,) in seconds; none where nothing sounds.

    `tones` (spans, 24) sound in them, `scores` (spans, 12 * kinds) are the log-probabilities of chords, and `change`
    (spans,) is what a new chord at the start of each span costs.
    """
    scores = log_softmax(scores - _foreign(key))
    path = _likeliest(scores, change)
    path[~tones.any(axis=1)] = -1
    cuts = [0, *(np.nonzero(np.diff(path))[0] + 1), len(path)]
    runs = [(first, stop) for first, stop in zip(cuts, cuts[1:], strict=False) if path[first] >= 0]
    return tuple(_chord(int(path[a]), scores[a:b], tones[a:b], edges[a], edges[b], key) for a, b in runs)


def _likeliest(scores: np.ndarray, change: np.ndarray) -> np.ndarray:
    """(spans,) states of the best path through scores (spans, states), when any change at span t costs `change[t]`."""
    total, before = scores[0], np.zeros(scores.shape, int)
    for t in range(1, len(scores)):
        best = int(total.argmax())
        changing = total[best] - change[t] > total
        before[t] = np.where(changing, best, np.arange(len(total)))
        total = np.where(changing, total[best] - change[t], total) + scores[t]
    path = [int(total.argmax())]
    for t in range(len(scores) - 1, 0, -1):
        path.append(int(before[t, path[-1]]))
    return np.array(path[::-1])


def _foreign(key: Key | None) -> np.ndarray:
    """(states,) what each chord costs for its tones outside the key."""
    if key is None:
        return np.zeros(12 * len(QUALITIES))
    scale = {(key.tonic + step) % 12 for step in SCALES[key.mode]}
    chords = [{(root + i) % 12 for i in shape} for root in range(12) for shape in QUALITIES.values()]
    return FOREIGN * np.array([len(chord - scale) for chord in chords], float)


def _chord(state: int, scores, tones, start: float, stop: float, key: Key | None) -> HeardChord:
    root, kind = divmod(state, len(QUALITIES))
    quality = list(QUALITIES)[kind]
    pitches = tuple(sorted((root + i) % 12 for i in QUALITIES[quality]))
    bass = _bass(tones[:, :12].sum(axis=0), root, pitches)
    spell = (key or Key(0, "major")).spell
    symbol = spell(root) + quality + ("" if bass == root else "/" + spell(bass))
    confidence = float(np.exp(scores[:, _alike(root, quality)]).sum(axis=1).mean())
    return HeardChord(float(start), float(stop - start), symbol, root, bass, pitches, confidence)


def _alike(root: int, quality: str) -> list[int]:
    """The states with the same root and the same third."""
    kinds = enumerate(QUALITIES.values())
    return [root * len(QUALITIES) + kind for kind, shape in kinds if (3 in shape) == (3 in QUALITIES[quality])]


def _bass(classes: np.ndarray, root: int, pitches: tuple[int, ...]) -> int:
    """The lowest pitch class: the root, unless nearly all of the bass is another tone of the chord."""
    lowest = int(classes.argmax())
    return lowest if lowest in pitches and classes[lowest] > SLASH * classes.sum() else root
