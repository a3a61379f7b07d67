"""What every ear in this package starts from: the clip as mono at one rate, and its short-time power spectra."""

from __future__ import annotations

import numpy as np
import soxr

from engine.audio import Audio

RATE = 22_050  # Hz: the sound above 11 kHz adds little to pulse or harmony


def mono(audio: Audio) -> np.ndarray:
    """A clip of any rate as float32 (N,) at RATE, scaled to a peak of 1 unless it is silent."""
    summed = audio.samples.mean(axis=0)
    if audio.rate != RATE:
        summed = soxr.resample(summed, audio.rate, RATE, quality="MQ")
    return summed / max(np.abs(summed).max(initial=0), 1e-6)


def power(samples: np.ndarray, window: int, hop: int) -> np.ndarray:
    """Power (frames, window // 2 + 1), a full-scale sine being 1; frame t is centred on sample t * hop."""
    padded = np.pad(samples, window // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop]
    taper = (np.hanning(window) * (4 / window)).astype(np.float32)
    spectra = np.fft.rfft(frames * taper)
    return spectra.real**2 + spectra.imag**2
