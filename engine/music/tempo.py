"""The tempo of a clip: candidates from the autocorrelation of its onsets, and the LEARNED choice among them.

P. Grosche and M. Mueller, Extracting predominant local pulse information, IEEE TASLP 19(6), 2011, for the tempogram;
the broad log-normal prior after D. Ellis, Beat tracking by dynamic programming, J. New Music Research 36(1), 2007.
"""

from __future__ import annotations

import numpy as np

from engine.music.learned import learned, log_softmax
from engine.music.onsets import FRAMES_PER_SECOND, strength

SLOWEST, FASTEST = 50.0, 210.0  # beats a minute
USUAL, SPREAD = 110.0, 1.0  # beats a minute, octaves
TEMPI = np.geomspace(SLOWEST, FASTEST, 400)  # steps of 0.36 %
BEATS_IN_BAR = np.array([1, 2, 3, 4])
CANDIDATES = 10
LAGS = np.array([1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 3 / 2, 2, 3, 4])  # in beats, at which likeness tells what a beat is
TRUSTED = 0.75  # of the clip's length: at longer lags too little overlaps
SHORTEST = 1.5  # seconds, in which a tempo can be heard
# Mean autocorrelation at the beats, in the region where it is largest, times the root of the seconds, below which there
# is no pulse. White noise has 0.25 in 5 s and 0.20 in 10 s, 0.31 at most; of 240 excerpts of 5 s three have less.
CLEAR = 0.31
SAME = 0.03  # candidates that differ by less are one tempo
SMOOTHED = np.array([0.25, 0.75, 1.0, 0.75, 0.25]) / 3  # frames, 25 ms: players are not exact


def hear_tempo(regions: np.ndarray) -> tuple[float | None, float]:
    """Beats a minute, to about 0.5 %, and their probability, from onset curves (frames, 4); None without a pulse."""
    seconds = len(regions) / FRAMES_PER_SECOND
    if seconds < SHORTEST or _clearness(regions) < CLEAR / np.sqrt(seconds):
        return None, 0.0
    tempi, columns = evidence(regions)
    if not len(tempi):
        return None, 0.0
    chances = np.exp(log_softmax(learned().tempo.scores(columns)[:, 0]))
    tempo = tempi[chances.argmax()]
    return float(tempo), float(chances[np.abs(tempi / tempo - 1) < SAME].sum())


def evidence(regions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The candidates (n,) in beats a minute, and what speaks for each of them (n, 166).

    How like the onset curve is to itself at LAGS of the candidate's beats, and each region to each: a snare a beat
    after every kick speaks for the tempo, two beats after it for half of it.
    """
    summed = autocorrelation(strength(regions))
    pulses = pulse(summed)
    best = _peaks(pulses)
    lags = FRAMES_PER_SECOND * 60 / TEMPI[best, None] * LAGS
    smooth = np.log1p(np.stack([np.convolve(region, SMOOTHED, "same") for region in regions.T], axis=1))
    crossed = _crossed(smooth)
    octaves = np.log2(TEMPI[best] / USUAL)[:, None]
    same_time = crossed[np.triu_indices(crossed.shape[0], 1)][:, 0]
    for_all = np.tile(np.concatenate([same_time, np.log1p(regions).mean(axis=0)]), (len(best), 1))
    likeness = [_at(curve, lags) for curve in (summed, *crossed.reshape(-1, len(regions)))]
    return TEMPI[best], np.column_stack([pulses[best], octaves, octaves**2, for_all, *likeness])


def _clearness(regions: np.ndarray) -> float:
    return max(pulse(autocorrelation(region)).max() for region in regions.T)


def autocorrelation(curve: np.ndarray) -> np.ndarray:
    """(frames,) of a curve (frames,), 1 at lag 0, made up for the ever shorter overlap."""
    return _crossed(curve[:, None])[0, 0]


def _crossed(curves: np.ndarray) -> np.ndarray:
    """(n, n, frames) how like each of curves (frames, n) is to each other one so many frames later, as above."""
    frames = len(curves)
    spectra = np.fft.rfft(curves - curves.mean(axis=0), 2 * frames, axis=0).T
    raw = np.fft.irfft(spectra.conj()[:, None] * spectra[None], 2 * frames)[..., :frames]
    size = np.sqrt(np.maximum(np.diagonal(raw[..., 0]), 1e-9))
    return raw / (size[:, None] * size)[..., None] * (frames / np.arange(frames, 0, -1))


def pulse(correlation: np.ndarray) -> np.ndarray:
    """(tempi,) mean autocorrelation at the first four beats of each of TEMPI, as far as the clip is long enough."""
    lags = FRAMES_PER_SECOND * 60 / TEMPI[:, None] * BEATS_IN_BAR
    heard = (lags < TRUSTED * len(correlation)).sum(axis=1)
    return _at(correlation, lags).sum(axis=1) / np.maximum(heard, 1)


def _at(correlation: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """Values at fractional lags, 0 where they cannot be trusted."""
    trusted = lags < TRUSTED * len(correlation)
    return np.interp(lags, np.arange(len(correlation)), correlation) * trusted


def _peaks(pulses: np.ndarray) -> np.ndarray:
    """Indices of the CANDIDATES best peaks over TEMPI, usual tempi preferred."""
    usual = pulses * np.exp(-0.5 * (np.log2(TEMPI / USUAL) / SPREAD) ** 2)
    walled = np.pad(pulses, 1, constant_values=-np.inf)
    peaks = np.nonzero((pulses > 0) & (pulses > walled[:-2]) & (pulses >= walled[2:]))[0]
    return peaks[np.argsort(-usual[peaks])][:CANDIDATES]
