"""How a continuation collapses, if it does: what the app's guard hears, and noise that is coloured like music.

The guard takes for noise what has a flat spectrum; the noise of a model that lost its way has the spectrum of its
prompt. But noise is steady, and music is not: over time the power in each of its bins goes up and down by much more.
"""

from __future__ import annotations

import numpy as np

from engine.audio import Audio
from engine.guard import HIGH, LOOK_SECONDS, LOW, Collapse, collapsed, usual
from engine.music.spectra import RATE, mono, power

EVERY_SECONDS = 1.0
WINDOW = 1024
AUDIBLE = 1e-6  # of the loudest bin's mean power: 60 dB
QUANTILE = 0.1
# The lowest tenth of the bins has 0.51 to 0.53 in 4 s of noise coloured like 30 rendered songs (180 looks; a bin's mean
# is exp(-0.577) = 0.56), at most 0.31 in the songs (807 looks). A drone has 1, and is told by the guard.
STEADY_NOISE = (0.45, 0.6)


def first_collapse(prompt: np.ndarray, audio: np.ndarray, rate: int) -> Collapse | None:
    """How the take (2, N) after a prompt (2, M) first collapses, looked at every second; None for music."""
    before, look = usual(prompt), round(LOOK_SECONDS * rate)
    for stop in range(look, audio.shape[1] + 1, round(EVERY_SECONDS * rate)):
        kind = collapsed(audio[:, :stop], rate, before)
        if kind:
            return kind
        if STEADY_NOISE[0] < steadiness(mono(Audio(audio[:, stop - look : stop], rate))) < STEADY_NOISE[1]:
            return "noise"
    return None


def steadiness(sound: np.ndarray) -> float:
    """Geometric by arithmetic mean over time of the power in a bin, 1 for a steady tone: the QUANTILE of the bins that
    are heard between LOW and HIGH, of a mono sound at RATE."""
    bins = power(sound, WINDOW, WINDOW // 2)[1:-1, round(LOW * WINDOW / RATE) : round(HIGH * WINDOW / RATE)] + 1e-20
    mean = bins.mean(axis=0)
    heard = mean > AUDIBLE * mean.max()
    return float(np.quantile((np.exp(np.log(bins).mean(axis=0)) / mean)[heard], QUANTILE))
