"""How good a take is, in figures: measured once it is written. Slow, so not for the GUI thread. No Qt in here."""

from functools import cache
from pathlib import Path

from calm_studio.requests import grids_of
from calm_studio.values import Lane, Scores
from engine.audio import Audio
from engine.errors import CalmError
from engine.seam import seam_score
from engine.similarity import Songs, closest, load_songs, prompt_similarity

SHORTEST = 2.0
"""Seconds of continuation that there must be: what the seam looks at."""


def worth_scoring(lane: Lane) -> bool:
    take = lane.take
    return lane.scores is None and take.state != "writing" and take.written - take.cut >= SHORTEST * take.rate


def score(lane: Lane, songs: Path) -> Scores:
    """The scores of a take that is written; `songs` is the list of what the model learned from, which may be absent."""
    take = lane.take
    seam = seam_score(take.audio.samples, take.rate, take.cut, next(iter(grids_of(lane)), None))
    try:
        return Scores(seam, *_likeness(lane, _songs(songs)))
    except CalmError:  # no such list, or less than one passage of sound: the seam is known all the same
        return Scores(seam, None, None)


def _likeness(lane: Lane, songs: Songs) -> tuple[float, float]:
    take = lane.take
    prompt = Audio(take.samples[:, : take.cut], take.rate)
    continuation = Audio(take.samples[:, take.cut : take.written], take.rate)
    return prompt_similarity(prompt, continuation, songs.basis), closest(continuation, songs).score


@cache
def _songs(path: Path) -> Songs:
    return load_songs(path)
