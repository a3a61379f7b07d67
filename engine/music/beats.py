"""Where the beats lie: tracked through the onset curve at a tempo, then laid on a straight line if they are steady.

Dynamic programming after D. Ellis, Beat tracking by dynamic programming, J. New Music Research 36(1), 2007.
"""

from __future__ import annotations

import numpy as np

from engine.music.onsets import FRAMES_PER_SECOND

TIGHTNESS = 100.0  # what a beat off the tempo costs, in deviations of the onset curve per octave squared
STEADY = 0.015  # seconds that half of the beats may lie off a straight line, to count as steady
STRAY = 0.025  # seconds off the line, from which a beat is left out when the line is drawn again
AGREED = 0.01  # of the tempo, that a line may differ from it: else it follows something else than the beats
RECENT = 16  # beats that say how fast unsteady music is in the end
DRIFT = 0.03  # of the tempo, that they must differ from it: below, the clip's tempo was nearer in 83 of 67 % (30 s)
EARLY = 0.03  # seconds before the start in which a beat still counts as heard: clips are often cut on an attack


def hear_beats(curve: np.ndarray, tempo: float, seconds: float) -> tuple[np.ndarray, float]:
    """Times (beats,) in seconds and beats a minute, from an onset curve (frames,) of a clip and its rough tempo.

    Steady beats are exactly even and reach from the start to the end; others are as tracked, and the tempo is that of
    the last of them, if it has changed. In a clip of few beats even ones at the rough tempo are nearer to the truth.
    """
    frames = track(curve, tempo)
    times = frames / FRAMES_PER_SECOND
    if len(times) < 3:
        return np.arange(0, seconds, 60 / tempo), tempo
    start, period, off = _line(times, 0.1 + curve[frames])
    if np.median(off) < STEADY and abs(60 / period / tempo - 1) < AGREED:
        return _even(start, period, seconds), 60 / period
    if len(times) <= RECENT:
        return _even(_phase(curve, tempo), 60 / tempo, seconds), tempo
    _, period, _ = _line(times[-RECENT:], np.ones(RECENT))
    return times, 60 / period if abs(60 / period / tempo - 1) > DRIFT else tempo


def _even(start: float, period: float, seconds: float) -> np.ndarray:
    """All beats of a clip on a straight line."""
    first, last = np.ceil((-EARLY - start) / period), np.floor((seconds - start) / period)
    return (start + period * np.arange(first, last + 1)).clip(min=0)


def _phase(curve: np.ndarray, tempo: float) -> float:
    """The second of the first of the even beats on which the onset curve is strongest."""
    period = FRAMES_PER_SECOND * 60 / tempo
    first = np.arange(round(period))
    beats = first[:, None] + period * np.arange(int(len(curve) / period))
    return first[curve[beats.astype(int).clip(max=len(curve) - 1)].mean(axis=1).argmax()] / FRAMES_PER_SECOND


def track(curve: np.ndarray, tempo: float) -> np.ndarray:
    """Frames of the beats in an onset curve (frames,): as strong as can be, and as evenly spaced as `tempo` says."""
    period = FRAMES_PER_SECOND * 60 / tempo
    shortest, longest = round(period / 2), round(period * 2)
    lags = np.arange(shortest, longest + 1)
    cost = TIGHTNESS * np.log2(lags / period) ** 2
    total, before = np.concatenate([np.zeros(longest), curve]), np.full(longest + len(curve), -1)
    for start in range(longest, len(total), shortest):  # frames less than `shortest` apart do not depend on each other
        now = np.arange(start, min(start + shortest, len(total)))
        reached = total[now[:, None] - lags] - cost
        total[now] += reached.max(axis=1)
        before[now] = now - lags[reached.argmax(axis=1)]
    return _path(total, before, longest, round(period)) - longest


def _path(total: np.ndarray, before: np.ndarray, first: int, period: int) -> np.ndarray:
    """The best sequence that ends within the last period, from its start at or after `first`."""
    place = len(total) - period + int(total[-period:].argmax())
    path = []
    while place >= first:
        path.append(place)
        place = before[place]
    return np.array(path[::-1])


def _line(times: np.ndarray, weights: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Start and period of the line through times (beats,), drawn twice, the second time without strays, and how far
    each beat lies off it, all in seconds."""
    number = np.arange(len(times))
    period, start = np.polyfit(number, times, 1, w=weights)
    near = np.abs(times - start - period * number) < STRAY
    if near.sum() > len(times) / 2:
        period, start = np.polyfit(number[near], times[near], 1, w=weights[near])
    return start, period, np.abs(times - start - period * number)
