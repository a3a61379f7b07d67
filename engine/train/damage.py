"""Known damage to sound, by which measures of an unknown one are read: lossy codecs, low-pass, noise."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import soundfile

from engine.audio import resample


@dataclass(frozen=True, eq=False)
class Damaged:
    """``samples`` (2, N), as many as before, and for a codec the kbit/s of the file, headers counted."""

    samples: np.ndarray
    kilobits: float | None = None


def coded(samples: np.ndarray, rate: int, subtype: str, coded_rate: int, level: float) -> Damaged:
    """Through an Ogg file of ``subtype`` at ``coded_rate`` Hz and libsndfile's compression level (0 best, 1 least)."""
    file = io.BytesIO()
    source = resample(samples, rate, coded_rate)
    soundfile.write(file, source.T, coded_rate, subtype, format="OGG", compression_level=level)
    kilobits = file.tell() * 8 / (samples.shape[1] / rate) / 1000
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32", always_2d=True)
    return Damaged(_of_length(resample(decoded.T, coded_rate, rate), samples.shape[1]), kilobits)


def low_pass(samples: np.ndarray, rate: int, cut: float) -> Damaged:
    """Nothing above ``cut`` Hz, all else as it was."""
    spectrum = np.fft.rfft(samples)
    spectrum[:, np.fft.rfftfreq(samples.shape[1], 1 / rate) > cut] = 0
    return Damaged(np.fft.irfft(spectrum, samples.shape[1]).astype(np.float32))


def noisy(samples: np.ndarray, rate: int, decibels: float) -> Damaged:
    """White noise so many dB below the clip's own level, different left and right."""
    level = np.sqrt(np.square(samples, dtype=np.float64).mean()) * 10 ** (-decibels / 20)
    noise = level * np.random.default_rng(0).standard_normal(samples.shape)
    return Damaged((samples + noise).astype(np.float32))


# Rates and levels that came to about the bitrate named, on dense songs. Vorbis below 64 kbit/s leaves libsndfile only
# with a lower sample rate: its least at 48 kHz is 72.
LADDER: dict[str, Callable[[np.ndarray, int], Damaged]] = {
    "Vorbis 32": partial(coded, subtype="VORBIS", coded_rate=16_000, level=1.0),
    "Vorbis 64": partial(coded, subtype="VORBIS", coded_rate=32_000, level=1.0),
    "Vorbis 128": partial(coded, subtype="VORBIS", coded_rate=48_000, level=0.63),
    "Opus 32": partial(coded, subtype="OPUS", coded_rate=48_000, level=0.963),
    "Opus 64": partial(coded, subtype="OPUS", coded_rate=48_000, level=0.9),
    "Opus 128": partial(coded, subtype="OPUS", coded_rate=48_000, level=0.772),
    "low-pass 10 kHz": partial(low_pass, cut=10_000),
    "low-pass 4 kHz": partial(low_pass, cut=4_000),
    "noise 40 dB below": partial(noisy, decibels=40),
    "noise 20 dB below": partial(noisy, decibels=20),
}


def _of_length(samples: np.ndarray, length: int) -> np.ndarray:
    kept = samples[:, :length]
    return np.pad(kept, ((0, 0), (0, length - kept.shape[1])))
