"""How like the music of two sets of clips is as a whole: Frechet distances of statistics of timbre, harmony and rhythm.

After FID (Heusel et al., 2017) and FAD (Kilgour et al., 2019), with statistics that need no trained network. A distance
means something only beside others of as many clips: it grows as clips become fewer, by several points at 20.
"""

from __future__ import annotations

import numpy as np
from scipy.fft import dct

from engine.audio import Audio
from engine.music.chroma import chroma
from engine.music.onsets import rises, strength
from engine.music.peaks import hear_peaks
from engine.music.spectra import RATE, mono, power
from engine.music.tempo import autocorrelation, pulse
from engine.train.mel import mel_matrix

WINDOW, HOP, BANDS, COEFFICIENTS = 2048, 512, 40, 20
FLOOR = 1e-6  # of the loudest band, -60 dB: hiss below it is not heard, but would count
TEMPO_BINS = 20  # groups of the tempi of engine.music.tempo
QUANTILES = (0.5, 0.75, 0.9, 0.99)
DIMENSIONS, SHRINKAGE = 12, 0.05
ENOUGH = 100  # clips


def statistics(audio: np.ndarray, rate: int) -> dict[str, np.ndarray]:
    """What a clip (2, N) is like: by subject, "mfcc", "chroma" and "rhythm", a vector."""
    sound = mono(Audio(audio, rate))
    return {"mfcc": _mfcc(sound), "chroma": _chroma(sound), "rhythm": _rhythm(sound)}


def frechet(reference: np.ndarray, other: np.ndarray) -> float:
    """Squared Frechet distance of Gaussians fitted to statistics (n, D) and (m, D).

    Both are scaled by the reference's deviations and brought to its first DIMENSIONS principal components; covariances
    are shrunk by SHRINKAGE towards the same in all directions.
    """
    spread = reference.std(axis=0)
    varied = spread > 1e-9
    first, second = (((s - reference.mean(axis=0)) / np.maximum(spread, 1e-9))[:, varied] for s in (reference, other))
    components = np.linalg.svd(first, full_matrices=False)[2][: min(DIMENSIONS, len(first) - 1)]
    first, second = first @ components.T, second @ components.T
    apart = np.square(first.mean(axis=0) - second.mean(axis=0)).sum()
    a, b = _covariance(first), _covariance(second)
    root = _root(a)
    return float(max(0.0, apart + np.trace(a) + np.trace(b) - 2 * np.trace(_root(root @ b @ root))))


def _covariance(points: np.ndarray) -> np.ndarray:
    raw = np.atleast_2d(np.cov(points.T))
    return (1 - SHRINKAGE) * raw + SHRINKAGE * np.trace(raw) / len(raw) * np.eye(len(raw))


def _root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(values.clip(min=0))) @ vectors.T


def _mfcc(sound: np.ndarray) -> np.ndarray:
    """(3 * COEFFICIENTS,) mean, deviation, and deviation of the change from frame to frame, without the level."""
    bands = power(sound, WINDOW, HOP) @ mel_matrix(RATE, WINDOW, BANDS)
    level = 10 * np.log10(np.maximum(bands, FLOOR * max(bands.max(), 1e-12)))
    cepstra = dct(level, norm="ortho")[:, 1 : COEFFICIENTS + 1]
    return np.concatenate([cepstra.mean(axis=0), cepstra.std(axis=0), np.diff(cepstra, axis=0).std(axis=0)])


def _chroma(sound: np.ndarray) -> np.ndarray:
    """(24,) shares of the pitch classes, largest first, whichever they are: of the whole, and the mean of moments."""
    heard = chroma(hear_peaks(sound))
    moments = heard[:, :12] + heard[:, 12:]
    sounding = moments[moments.sum(axis=1) > 0]
    if not len(sounding):
        return np.zeros(24)
    shares = sounding / sounding.sum(axis=1, keepdims=True)
    return np.concatenate([np.sort(shares.mean(axis=0))[::-1], np.sort(shares, axis=1)[:, ::-1].mean(axis=0)])


def _rhythm(sound: np.ndarray) -> np.ndarray:
    """(TEMPO_BINS + 8,) the tempogram's mean by groups of tempi, and how onset strengths are spread, summed and in each
    region of the spectrum."""
    regions = rises(sound)
    curve = strength(regions)
    tempogram = pulse(autocorrelation(curve)).reshape(TEMPO_BINS, -1).mean(axis=1)
    return np.concatenate([tempogram, np.quantile(curve, QUANTILES), regions.std(axis=0)])
