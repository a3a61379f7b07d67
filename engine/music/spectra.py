"""What every ear in this package starts from: the clip as mono at one rate, and its short-time power spectra."""

from __future__ import annotations

import numpy as np
import soxr

from engine.audio import Audio

RATE = 22_050  # Hz: the sound above 11 kHz adds little to pulse or harmony
BLOCK = 256  # frames


def mono(audio: Audio) -> np.ndarray:
    """A clip of any rate as float32 (N,) at RATE, scaled to a peak of 1 unless it is silent."""
    summed = audio.samples.mean(axis=0)
    if audio.rate != RATE:
        summed = soxr.resample(summed, audio.rate, RATE, quality="MQ")
    return summed / max(np.abs(summed).max(initial=0), 1e-6)


def power(samples: np.ndarray, window: int, hop: int) -> np.ndarray:
    """Power (frames, window // 2 + 1), a full-scale sine being 1; frame t is centred on sample t * hop."""
    return _power(_frames(samples, window, hop))


def banded(samples: np.ndarray, window: int, hop: int, bands: np.ndarray) -> np.ndarray:
    """`power` summed by the weights ``bands`` (window // 2 + 1, B) -> (frames, B), BLOCK spectra in memory at a time:
    all those of ten minutes, as similarity looks at them, take 1.4 GB."""
    frames = _frames(samples, window, hop)
    return np.concatenate([_power(frames[at : at + BLOCK]) @ bands for at in range(0, len(frames), BLOCK)])


def _frames(samples: np.ndarray, window: int, hop: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(np.pad(samples, window // 2), window)[::hop]


def _power(frames: np.ndarray) -> np.ndarray:
    window = frames.shape[1]
    taper = (np.hanning(window) * (4 / window)).astype(np.float32)
    spectra = np.fft.rfft(frames * taper)
    return spectra.real**2 + spectra.imag**2
