"""How far a decoded sound is from its source, by measures that know nothing of music. Plain numpy.

All take float32 (2, N) at one rate, source first. Level 0 dB is a full-scale sine.
"""

from __future__ import annotations

import numpy as np

from engine import loudness
from engine.train.listen import spectrogram
from engine.train.mel import mel_matrix

MEL_BANDS = {2048: 80, 512: 40, 128: 20}  # by window, in samples
STFT_WINDOWS = (2048, 1024, 512)
# What is weaker is not heard beside music. -75 dB for a sine at window 2048; at the shorter windows the same density
# of noise, which reads higher there: so one sound is above or below the floor at every window alike.
FLOOR, FLOOR_WINDOW = 10**-7.5, 2048
SILENT = 1e-9  # mean power, -90 dB
QUIETEST = -70.0  # LUFS: the absolute gate of BS.1770
TREBLE = 10_000.0  # Hz


def mel_error(source: np.ndarray, decoded: np.ndarray, rate: int, window: int) -> float:
    """Mean absolute difference of the log-mel levels of mid and side, in dB: ``window`` in samples, a key of MEL_BANDS,
    hop a quarter of it, power averaged over MEL_BANDS triangles from 0 Hz to half the rate."""
    pairs = zip(middle_and_side(source), middle_and_side(decoded), strict=True)
    return float(np.mean([np.abs(_mel(a, rate, window) - _mel(b, rate, window)).mean() for a, b in pairs]))


def middle_and_side(audio: np.ndarray) -> np.ndarray:
    """(2, N) half the sum, half the difference."""
    return np.stack([audio[0] + audio[1], audio[0] - audio[1]]) / 2


def _mel(mono: np.ndarray, rate: int, window: int) -> np.ndarray:
    power, _ = spectrogram(mono, rate, window, window // 4)
    floor = FLOOR * FLOOR_WINDOW / window
    return 10 * np.log10(np.maximum(power @ mel_matrix(rate, window, MEL_BANDS[window]), floor))


def stft_distance(source: np.ndarray, decoded: np.ndarray, rate: int) -> float:
    """Multi-resolution STFT distance (Yamamoto et al., Parallel WaveGAN, ICASSP 2020, eq. 4 to 6): spectral convergence
    plus mean absolute difference of log magnitudes, averaged over STFT_WINDOWS and channels."""
    distances = []
    for window in STFT_WINDOWS:
        for a, b in zip(source, decoded, strict=True):
            true, other = (np.sqrt(spectrogram(x, rate, window, window // 4)[0].clip(FLOOR)) for x in (a, b))
            convergence = np.linalg.norm(true - other) / np.linalg.norm(true)
            distances.append(convergence + np.abs(np.log(true / other)).mean())
    return float(np.mean(distances))


def si_sdr(source: np.ndarray, decoded: np.ndarray) -> float:
    """Scale-invariant ratio of signal to distortion in dB, both channels as one (Le Roux et al., SDR - half-baked or
    well done?, ICASSP 2019), within +-100. It compares waveforms, so a decoder that makes its own phases fails it."""
    true, other = source.astype(np.float64).ravel(), decoded.astype(np.float64).ravel()
    target = true * (true @ other) / max(true @ true, 1e-12)
    error = np.square(target - other).sum()
    return float(np.clip(10 * np.log10((target @ target + 1e-12) / (error + 1e-12)), -100, 100))


def stereo_error(source: np.ndarray, decoded: np.ndarray, rate: int) -> float:
    """Mean absolute difference, 0 to 2, of the correlation of left and right, second by second where there is sound."""
    true, other = (_correlations(audio, rate) for audio in (source, decoded))
    sounding = ~np.isnan(true)
    return float(np.abs(true - np.nan_to_num(other))[sounding].mean()) if sounding.any() else 0.0


def _correlations(audio: np.ndarray, rate: int) -> np.ndarray:
    """(seconds,) correlation of left and right; NaN where either is silent."""
    size = min(rate, audio.shape[1])
    blocks = audio[:, : audio.shape[1] // size * size].astype(np.float64).reshape(2, -1, size)
    left, right = np.square(blocks).mean(-1)
    sounding = np.minimum(left, right) > SILENT
    both = (blocks[0] * blocks[1]).mean(-1)
    return np.where(sounding, both / np.sqrt(np.maximum(left * right, SILENT**2)), np.nan)


def loudness_error(source: np.ndarray, decoded: np.ndarray, rate: int) -> float:
    """Absolute difference of the integrated loudness, in LU (BS.1770-5)."""
    true, other = (max(loudness.measure(audio, rate).integrated, QUIETEST) for audio in (source, decoded))
    return abs(true - other)


def treble_change(source: np.ndarray, decoded: np.ndarray, rate: int) -> float:
    """The energy above 10 kHz, in dB over the source's; each counts as -75 dB at least."""
    true, other = (long_term(audio, rate) for audio in (source, decoded))
    above = true[1] > TREBLE
    return float(10 * np.log10(max(other[0][above].sum(), FLOOR) / max(true[0][above].sum(), FLOOR)))


def bandwidth(audio: np.ndarray, rate: int) -> float:
    """The frequency in kHz below which all but a millionth (-60 dB) of the energy lies."""
    power, frequency = long_term(audio, rate)
    shares = np.cumsum(power) / max(power.sum(), 1e-20)
    return float(frequency[np.searchsorted(shares, 1 - 1e-6).clip(max=len(frequency) - 1)] / 1000)


def long_term(audio: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean power (bins,) of both channels over all time, and the bins' frequencies in Hz."""
    spectra = [spectrogram(channel, rate, 2048, 1024) for channel in audio]
    return np.mean([power.mean(0) for power, _ in spectra], axis=0), spectra[0][1]
