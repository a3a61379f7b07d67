"""Long form: whether what is heard comes back two, four and eight bars later, as it does in music that has one."""

from __future__ import annotations

import numpy as np

from engine.audio import Audio
from engine.music.spectra import RATE
from engine.similarity import shapes

BARS = (2, 4, 8)
PARTS = 2  # of a beat at which the sound is looked at
LEAST_BARS = 2  # that are compared, or nothing is said


def recurrence(audio: np.ndarray, rate: int, tempo: float, beats_per_bar: int) -> list[float | None]:
    """For each of BARS how like (2, N) audio is to itself so many bars later, at ``tempo`` in beats a minute.

    The correlation, -1 to 1, of the spectrum's shape with its mean over time taken off: what sounds all the time does
    not count. 1 for a loop; near 0 for music cut small and shuffled; a beat that goes on has some, so that the bars of
    real music in another order are what a form is read against. None where the audio is too short to tell.
    """
    frames = shapes(Audio(audio, rate), round(RATE * 60 / tempo / PARTS))
    frames = frames - frames.mean(axis=0)
    bar = PARTS * beats_per_bar
    return [_likeness(frames, bars * bar) if len(frames) >= (bars + LEAST_BARS) * bar else None for bars in BARS]


def _likeness(frames: np.ndarray, lag: int) -> float:
    now, after = frames[:-lag], frames[lag:]
    return float((now * after).sum() / np.sqrt(max(np.square(now).sum() * np.square(after).sum(), 1e-12)))
